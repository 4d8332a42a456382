package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.theory.SampledKl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(20);

  private static TrainingReport train(Sweep.Setting setting, Policy policy, Reference reference) {
    return Toy.trainer(policy)
        .loss(setting.objective())
        .beta(setting.beta())
        .reference(reference)
        .epochs(200)
        .evaluation(PAIRS)
        .build()
        .train(PAIRS);
  }

  private static Sweep.Outcome outcome(double beta, double accuracy, double kl) {
    return new Sweep.Outcome(
        new Sweep.Setting("dpo", beta),
        100,
        accuracy,
        1,
        1,
        1,
        Optional.of(new SampledKl(kl, 0.1, 10, 20)),
        StopReason.COMPLETED,
        ImmutableList.of());
  }

  @Test
  void everyLoss_isTrainedWithEveryBeta_fromOneReference(@TempDir Path root) throws IOException {
    CountingScorer reference = new CountingScorer(Toy.random());

    Sweep.Result result =
        Sweep.of(List.of("dpo", "ipo"), List.of(0.1, 1.0))
            .run(
                root,
                (setting, run) ->
                    Sweep.Trained.of(
                        train(
                            setting,
                            Toy.random(),
                            Reference.cached(
                                Reference.model(reference), Sweep.referenceCache(root)))));

    assertThat(result.outcomes())
        .extracting(outcome -> outcome.setting().directory())
        .containsExactly("dpo-beta-0.1", "dpo-beta-1.0", "ipo-beta-0.1", "ipo-beta-1.0");
    assertThat(Files.readAllLines(root.resolve("sweep.jsonl"))).hasSize(4);
    assertThat(Files.readString(root.resolve("report.html")))
        .contains("<b>Accuracy against distance</b>", ">dpo, β = 0.1</a>", "<b>Recommended</b>")
        .doesNotContain("http");
    assertThat(reference.asked).hasSize(PAIRS.size());
  }

  /** At convergence the log-ratio gap of a pair goes as 1/β. */
  @Test
  void aSmallerBeta_movesFurther(@TempDir Path root) {
    Sweep.Result result =
        Sweep.of(List.of("ipo"), List.of(0.1, 0.2, 0.5))
            .run(
                root,
                (setting, run) ->
                    Sweep.Trained.of(train(setting, Toy.random(), Reference.frozenCopy())));

    assertThat(result.outcomes())
        .extracting(Sweep.Outcome::gap)
        .isSortedAccordingTo((one, other) -> Double.compare(other, one));
  }

  /** 0.84 is within 0.036 of 0.86, and 0.80 is not. */
  @Test
  void recommended_isTheNearestOfThoseAsAccurateAsTheBest() {
    Sweep.Result result =
        Sweep.Result.of(
            List.of(outcome(0.1, 0.86, 9), outcome(0.2, 0.84, 4), outcome(0.5, 0.80, 1)));

    assertThat(result.recommended()).map(it -> it.setting().beta()).hasValue(0.2);
    assertThat(result.reason())
        .isEqualTo(
            "dpo, β = 0.2: of the settings within one standard error of the best accuracy (86.0 ± 3.5 %), the one nearest"
                + " to the reference, at 4.00 nats with 84.0 % in order");
    assertThat(result.toString()).endsWith("take " + result.reason());
  }

  @Test
  void nothing_isRecommendedWhereACoinIsAsGood() {
    Sweep.Result result = Sweep.Result.of(List.of(outcome(0.1, 0.54, 9), outcome(0.2, 0.5, 1)));

    assertThat(result.recommended()).isEmpty();
    assertThat(result.reason())
        .isEqualTo(
            "no setting tells held-out pairs apart better than a coin: the best has 54.0 ± 5.0 % in order");
  }

  @Test
  void settings_thatMeanNothing_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sweep.of(List.of("kto"), List.of(0.1)))
        .withMessage("a sweep is over losses over pairs, and 'kto' is none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sweep.of(List.of("dpo"), List.of(0.1, 0.1)))
        .withMessage("dpo, β = 0.1 is given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sweep.of(List.of("dpo"), List.of()))
        .withMessage("betas must have at least one element, got none");
  }
}
