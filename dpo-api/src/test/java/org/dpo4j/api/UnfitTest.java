package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.backend.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that are too long for the model, or that its tokenizer refuses. */
class UnfitTest {

  /** Of 4, 6, 9 and 3 tokens, prompt and longest completion with its end; one is refused. */
  private static final PreferenceDataset PAIRS =
      PreferenceDataset.of(
          PreferencePair.of("ask a", " b", " c"),
          PreferencePair.of("ask a b c", " d", " e"),
          PreferencePair.of("ask", " zebra", " a"),
          PreferencePair.of("ask a", " b c d e f g", " h"),
          PreferencePair.of("ask", " b", " c"));

  private static final PreferenceDataset KNOWN =
      PAIRS.filter(pair -> !pair.chosen().equals(Text.of(" zebra")));

  private static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return Toy.trainer(policy).shuffle(false);
  }

  private static ImmutableIntArray prompt(ObservedPolicy policy, int group) {
    return policy.trainedOn.get(group).prompt();
  }

  @Test
  void oneThatIsTooLongStopsTheRunBeforeItsFirstStep() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).maxLength(5).build().train(KNOWN))
        .withMessage(
            "pair '1' has 6 tokens, 4 of them its prompt's, more than the longest that is taken, 5, as have 2 of 4 pairs; raise"
                + " maxLength, or say onUnfit(Unfit.SKIP) or onUnfit(Unfit.TRUNCATE_PROMPT)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).maxLength(99).build().train(PAIRS))
        .withMessage(
            "pair '2': ' zebra' is not in the vocabulary of 11 words; build the tokenizer with it; such can be left out"
                + " with onUnfit(Unfit.SKIP)");
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void aLengthThatAllHaveChangesNothing() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).maxLength(9).build().train(KNOWN);

    assertThat(policy.trainedOn).isEqualTo(Toy.tokens(KNOWN));
    assertThat(report.data())
        .isEqualTo(new TrainingData("pair", 4, 0, ImmutableList.of(), ImmutableList.of()));
  }

  @Test
  void skippingLeavesThemOutAndCountsThemByReason() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).maxLength(5).onUnfit(Unfit.SKIP).build().train(PAIRS);

    assertThat(policy.trainedOn)
        .containsExactly(Toy.tokens(PAIRS.get(0)), Toy.tokens(PAIRS.get(4)));
    assertThat(report.data().examples()).isEqualTo(2);
    assertThat(report.data().skipped())
        .containsExactly(
            new DataSummary.Skipped(
                SkipReason.TOO_LONG,
                2,
                ImmutableList.of(
                    "pair '1' has 6 tokens, 4 of them its prompt's",
                    "pair '3' has 9 tokens, 2 of them its prompt's")),
            new DataSummary.Skipped(
                SkipReason.NOT_TOKENIZABLE,
                1,
                ImmutableList.of(
                    "pair '2': ' zebra' is not in the vocabulary of 11 words; build the tokenizer"
                        + " with it")));
    assertThat(report.toString().lines())
        .contains(
            "data   2 pairs",
            "  skipped, too long: 2",
            "    pair '3' has 9 tokens, 2 of them its prompt's");
  }

  @Test
  void skippingWithoutALengthLeavesOutWhatTheTokenizerRefuses() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).onUnfit(Unfit.SKIP).build().train(PAIRS);

    assertThat(policy.trainedOn).isEqualTo(Toy.tokens(KNOWN));
    assertThat(report.data().skipped()).extracting(DataSummary.Skipped::count).containsExactly(1);
  }

  @Test
  void aTruncatedPromptLosesItsBeginningAndACompletionNothing() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report =
        trainer(policy).maxLength(4).onUnfit(Unfit.TRUNCATE_PROMPT).build().train(KNOWN);

    PromptGroup whole = Toy.tokens(KNOWN.get(1));
    assertThat(policy.trainedOn).hasSize(3);
    assertThat(prompt(policy, 1)).isEqualTo(whole.prompt().subArray(2, 4));
    assertThat(policy.trainedOn.get(1).completions()).isEqualTo(whole.completions());
    assertThat(report.data().truncated()).isEqualTo(1);
    assertThat(report.data().skipped())
        .as("its completion alone is too long")
        .extracting(DataSummary.Skipped::reason)
        .containsExactly(SkipReason.TOO_LONG);
    assertThat(report.toString()).contains("data   3 pairs; 1 with a truncated prompt");
  }

  @Test
  void aTruncatedPromptKeepsWhatBeginsEveryText() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.tokenizer = new BegunWords();

    TrainingReport report =
        trainer(policy).maxLength(4).onUnfit(Unfit.TRUNCATE_PROMPT).build().train(KNOWN);

    PromptGroup whole = Toy.tokens(KNOWN.get(1));
    assertThat(prompt(policy, 1))
        .as("ask begins every text")
        .isEqualTo(
            ImmutableIntArray.builder()
                .add(whole.prompt().get(0))
                .addAll(whole.prompt().subArray(3, 4))
                .build());
    assertThat(report.data().truncated()).isEqualTo(1);
  }

  /** The toy's words, the first of which begins every text. */
  private static final class BegunWords implements Tokenizer {

    @Override
    public PromptGroup encode(Text prompt, List<Text> completions) {
      return Toy.WORDS.encode(prompt, completions);
    }

    @Override
    public Tokenized tokenize(Text prompt, List<Text> completions) {
      return new Tokenized(encode(prompt, completions), 1, false);
    }

    @Override
    public String decode(ImmutableIntArray ids) {
      return Toy.WORDS.decode(ids);
    }
  }

  @Test
  void aPromptIsTruncatedToNothingIfNeedBe() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    trainer(policy).maxLength(2).onUnfit(Unfit.TRUNCATE_PROMPT).build().train(KNOWN);

    assertThat(policy.trainedOn).hasSize(3).allMatch(group -> group.prompt().isEmpty());
  }

  @Test
  void heldOutExamplesFitToo() {
    TrainingReport report =
        trainer(new ObservedPolicy(Toy.random()))
            .maxLength(5)
            .onUnfit(Unfit.SKIP)
            .evaluation(PAIRS)
            .build()
            .train(PAIRS);

    assertThat(report.heldOut().orElseThrow()).isEqualTo(report.data());
    assertThat(report.toString()).contains("held out 2 pairs");
  }

  @Test
  void completionsThatAreMismatchedFitToo() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    Dataset<UnpairedExample> examples =
        Dataset.of(
            List.of(
                UnpairedExample.of(Text.of("ask a b c"), Text.of(" d"), true),
                UnpairedExample.of(Text.of("ask"), Text.of(" zebra"), false),
                UnpairedExample.of(Text.of("ask b"), Text.of(" d e f"), false)));

    Prepared prepared =
        Prepared.of(
            "examples",
            Examples.ofUnpaired(examples),
            KtoTrainer.builder()
                .policy(policy)
                .maxLength(6)
                .onUnfit(Unfit.SKIP)
                .settings(new UnpairedTask(Losses.kto(), 0.1), Reference.frozenCopy(), null),
            Toy.WORDS);

    List<PromptGroup> mismatched =
        ImmutableList.copyOf(prepared.examples().all()).stream()
            .map(example -> example.encode(Toy.WORDS).mismatched().group())
            .toList();
    assertThat(mismatched.get(0).prompt()).as("of 4 tokens, beside 4").hasToString("[3, 4]");
    assertThat(mismatched.get(1).completions().get(0))
        .as("not the one left out")
        .hasToString("[5, 0]");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).onUnfit(Unfit.TRUNCATE_PROMPT).build())
        .withMessage(
            "onUnfit(Unfit.TRUNCATE_PROMPT) needs a length to truncate to; give it with maxLength(…)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).maxLength(0))
        .withMessage("maxLength must be ≥ 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).maxLength(1).onUnfit(Unfit.SKIP).build().train(KNOWN))
        .withMessageStartingWith(
            "examples: none of 4 pairs fits the model: 4 too long, the first: pair '0' has 4");
  }

  @Test
  void theRunsDirectorySaysWhereDataCameFrom(@TempDir Path directory) throws IOException {
    DataSummary source =
        new DataSummary(
            "pairs",
            ImmutableList.of(
                new DataSummary.FileSummary(Path.of("a.jsonl"), "JSON lines", "pairs", 9, 5)),
            ImmutableList.of(),
            ImmutableList.of(
                new DataSummary.Skipped(SkipReason.NO_MAJORITY, 4, ImmutableList.of("a.jsonl:3"))),
            ImmutableList.of(new DataSummary.Unread("history", 2)),
            new DataSummary.Lengths(3, 4),
            new DataSummary.Lengths(5, 6),
            Optional.empty(),
            Optional.empty());
    Path place = directory.resolve("run");
    DpoTrainer.Builder trainer =
        trainer(new ObservedPolicy(Toy.random())).maxLength(5).onUnfit(Unfit.SKIP);

    trainer.runDirectory(RunDirectory.at(place)).build().train(PAIRS.withSource(source));

    JsonObject run =
        JsonParser.parseString(Files.readString(place.resolve("run.json"))).getAsJsonObject();
    assertThat(run.get("max_length").getAsInt()).isEqualTo(5);
    assertThat(run.get("on_unfit").getAsString()).isEqualTo("SKIP");
    assertThat(run.get("data_origin"))
        .isEqualTo(
            JsonParser.parseString(
                "{'examples':2,'truncated':0,'cut_early':0,'skipped':{'too_long':2,'not_tokenizable':1},"
                    + "'files':[{'file':'a.jsonl','kind':'JSON lines','format':'pairs','records':9,"
                    + "'kept':5}],'skipped_in_files':{'no_majority':4},'unread_columns':{'history':2}}"));
    assertThat(Files.readString(place.resolve("report.txt")))
        .contains(
            "data   2 pairs", "skipped, no majority: 4", "a.jsonl (JSON lines): pairs; 5 of 9");

    TrainingReport again =
        trainer(new ObservedPolicy(Toy.random()))
            .maxLength(5)
            .onUnfit(Unfit.SKIP)
            .runDirectory(RunDirectory.at(place).resume(true))
            .build()
            .train(PAIRS);
    assertThat(again.data().sources()).as("the same data from elsewhere is the same").isEmpty();
  }

  @Test
  void sourcesFollowTheirExamples() {
    DataSummary source =
        new DataSummary(
            "pairs",
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            new DataSummary.Lengths(0, 0),
            new DataSummary.Lengths(0, 0),
            Optional.empty(),
            Optional.empty());
    PreferenceDataset pairs = KNOWN.withSource(source);

    assertThat(KNOWN.sources()).isEmpty();
    assertThat(pairs.shuffle(1).map(pair -> pair).filter(pair -> true).sources())
        .containsExactly(source);
    assertThat(pairs.split(0.5, 1).heldOut().sources()).containsExactly(source);
    assertThat(KNOWN.concat(pairs).concat(pairs).sources()).containsExactly(source);
    assertThat(SftTrainer.builder().policy(Toy.random()).build().train(pairs).data().sources())
        .containsExactly(source);
  }
}
