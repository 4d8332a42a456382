package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.api.RewardModelTrainer.Step;
import org.dpo4j.api.RewardModelTrainer.Trained;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardScorer;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;

/** The loop that trains reward models, and what it says of them, over a model in plain Java. */
class RewardModelTrainerTest {

  private final PreferenceDataset pairs =
      PreferenceDataset.of(
          PreferencePair.of("film", " good plot", " bad plot"),
          PreferencePair.of("book", " good end", " bad"),
          PreferencePair.of("play", " fine", " bad bad end"));
  private final WordTokenizer words =
      WordTokenizer.of(List.of("film", "book", "play", " good plot", " bad plot", " end", " fine"));
  private final WordRewards model = new WordRewards(words);

  private RewardModelTrainer.Builder trainer() {
    return RewardModelTrainer.builder()
        .model(model)
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant())
        .maxGradNorm(1e9);
  }

  @Test
  void bradleyTerry_learnsWhatIsPreferred() {
    Trained trained = trainer().batchSize(2).epochs(50).build().train(pairs);

    assertThat(trained.pairs()).isEqualTo(3);
    assertThat(trained.steps()).hasSize(100);
    assertThat(trained.steps().get(0).loss()).isCloseTo(Math.log(2), within(1e-15));
    assertThat(trained.steps().get(99).loss()).isLessThan(0.05);
    assertThat(report(Optional.empty()).accuracy()).isEqualTo(1);
  }

  @Test
  void marginsAndWeights_countInBradleyTerry() {
    PreferenceDataset one =
        PreferenceDataset.of(pairs.get(0).withMargin(2).withWeight(3).withAgreement(0.8));
    Step step = trainer().build().train(one).steps().get(0);

    // Rewards are 0, so that z is −2 and the other way round 2
    double expected = 3 * (0.8 * Math.log1p(Math.exp(2)) + 0.2 * Math.log1p(Math.exp(-2)));
    assertThat(step.loss()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void regression_givesTheTeachersRewards() {
    ImplicitRewardModel teacher = teacher();
    Trained trained = trainer().teacher(teacher).epochs(400).build().train(pairs);

    assertThat(trained.steps().get(399).loss()).isLessThan(1e-4);
    List<PromptGroup> groups = groups();
    double[] taught =
        teacher.score(groups).stream()
            .flatMap(List::stream)
            .mapToDouble(one -> one.reward())
            .toArray();
    assertThat(model.rewards(groups).toArray()).containsExactly(taught, within(0.05));
  }

  @Test
  void gradients_areClipped_andTheRateFollowsItsSchedule() {
    Trained trained =
        trainer().schedule(Schedule.linear()).maxGradNorm(0.1).epochs(2).build().train(pairs);

    assertThat(trained.steps()).extracting(Step::gradientNorm).allMatch(norm -> norm > 0.1);
    assertThat(model.steps.get(0)[0]).isEqualTo(0.5);
    assertThat(model.steps.get(1)[0]).isEqualTo(0.25);
    assertThat(model.steps.get(0)[1])
        .isCloseTo(0.1 / trained.steps().get(0).gradientNorm(), within(1e-5));
  }

  @Test
  void theSameSeed_givesTheSameSteps() {
    WordRewards other = new WordRewards(words);
    Trained first = trainer().batchSize(1).epochs(3).build().train(pairs);
    Trained again = trainer().model(other).batchSize(1).epochs(3).build().train(pairs);
    Trained changed =
        trainer().model(new WordRewards(words)).batchSize(1).epochs(3).seed(1).build().train(pairs);

    assertThat(again).isEqualTo(first);
    assertThat(changed).isNotEqualTo(first);
  }

  @Test
  void gradientThatIsNotFinite_endsIt_andChangesNothing() {
    RewardModelTrainer trainer = trainer().teacher(teacher(1e200)).batchSize(3).build();
    assertThatIllegalStateException()
        .isThrownBy(() -> trainer.train(pairs))
        .withMessageMatching(
            "step 1: the gradient's norm must be finite, got Infinity on pairs \\[.*]");
    assertThat(model.steps).isEmpty();
  }

  @Test
  void pairsThatAreTooLong_areLeftOutAndCounted() {
    // Prompt, words and the end: 4, 4 and 5 tokens
    Trained trained = trainer().maxLength(4).build().train(pairs);

    assertThat(trained.pairs()).isEqualTo(2);
    assertThat(trained.tooLong()).isEqualTo(1);
    assertThatThrownBy(() -> trainer().maxLength(3).build().train(pairs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pairs must have at least one of at most 3 tokens, got none of 3");
  }

  @Test
  void pairThatCantBeTokenized_isNamed() {
    PreferenceDataset unknown = PreferenceDataset.of(PreferencePair.of("film", " odd", " bad"));

    assertThatThrownBy(() -> trainer().build().train(unknown))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("pair '0': ' odd' is not in the vocabulary");
  }

  @Test
  void settings_areChecked() {
    assertThatThrownBy(() -> RewardModelTrainer.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("model must be set, got none");
    assertThatThrownBy(() -> trainer().epochs(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epochs must be ≥ 1, got 0");
    assertThatThrownBy(() -> trainer().teacher(teacher()).centering(0.01).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "centering(…) has no effect beside teacher(…), whose rewards are not centred; leave it"
                + " out");
    assertThatThrownBy(() -> trainer().centering(-1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("centering must be a finite number ≥ 0, got -1.0");
  }

  @Test
  void report_saysHowFarTeacherAndStudentAgree() {
    // Rewards less their pair's mean: ±1, ±1, ∓1 of the student, ±½, ±¾, ±½ of the teacher
    RewardScorer student = of -> ImmutableDoubleArray.of(2, 0, 5, 3, 0, 2);
    RewardModelReport report =
        RewardModelReport.of(student, Optional.of(teacher()), words, pairs, 3);

    assertThat(report.accuracy()).isCloseTo(2.0 / 3, within(1e-15));
    RewardModelReport.Teacher compared = report.teacher().orElseThrow();
    assertThat(compared.accuracy()).isEqualTo(1);
    assertThat(compared.sameOrder()).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(compared.correlation().orElseThrow())
        .isCloseTo(1.5 / Math.sqrt(6 * 2.125), within(1e-12));
    assertThat(report.toString().lines()).hasSize(5).first().isEqualTo("3 held-out pairs");
  }

  @Test
  void report_asksForEachCompletionOnce() {
    List<Integer> asked = new ArrayList<>();
    RewardScorer counting =
        groups -> {
          asked.add(groups.size());
          return model.rewards(groups);
        };
    RewardModelReport.of(counting, Optional.empty(), words, pairs, 2);

    // The first batch warms up, and is not counted
    assertThat(asked).containsExactly(2, 2, 1);
  }

  @Test
  void report_ofAModelThatGivesTooFewRewards_isRefused() {
    RewardScorer one = groups -> ImmutableDoubleArray.of(1);

    assertThatThrownBy(() -> RewardModelReport.of(one, Optional.empty(), words, pairs, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model must give two rewards a pair, 4, got 1");
  }

  private RewardModelReport report(Optional<ImplicitRewardModel> teacher) {
    return RewardModelReport.of(model, teacher, words, pairs, 2);
  }

  private List<PromptGroup> groups() {
    List<PromptGroup> groups = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      groups.add(words.encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())));
    }
    return groups;
  }

  /** Its policy likes good and fine more than its reference does, and bad less. */
  private ImplicitRewardModel teacher() {
    return teacher(0.5);
  }

  private ImplicitRewardModel teacher(double beta) {
    int bad = words.encode(Text.of("film"), List.of(Text.of(" bad"))).completions().get(0).get(0);
    TokenScorer reference = (groups, statistics) -> scores(groups, bad, -2, -2);
    TokenScorer policy = (groups, statistics) -> scores(groups, bad, -1, -3);
    return ImplicitRewardModel.of(policy, reference, words, beta);
  }

  private static TokenScores scores(List<PromptGroup> groups, int bad, double usual, double ofBad) {
    List<double[]> rows = new ArrayList<>();
    for (PromptGroup group : groups) {
      group
          .completions()
          .forEach(
              completion ->
                  rows.add(
                      completion.stream().mapToDouble(id -> id == bad ? ofBad : usual).toArray()));
    }
    return TokenScores.of(TokenValues.of(rows), Map.of());
  }
}
