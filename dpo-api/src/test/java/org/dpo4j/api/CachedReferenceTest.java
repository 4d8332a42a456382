package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose reference's log-probabilities are kept on disk. */
class CachedReferenceTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(10);

  @TempDir(factory = FastDisk.class)
  Path directory;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("reference.logprobs");
  }

  /** Two epochs of four steps with an evaluation on some pairs that are trained on and one not. */
  private static DpoTrainer trainer(Policy policy, Reference reference) {
    return Toy.trainer(policy)
        .reference(reference)
        .batchSize(3)
        .epochs(2)
        .evaluation(Toy.pairs(11).range(8, 11))
        .evaluateEvery(3)
        .build();
  }

  /** Trains a copy of the policy by both references and compares all there is. */
  private static void assertSameRun(TabularPolicy start, Reference live, Reference cached) {
    TabularPolicy expected = start.copy();
    TrainingReport expectedReport = trainer(expected, live).train(PAIRS);
    TabularPolicy policy = start.copy();
    TrainingReport report = trainer(policy, cached).train(PAIRS);

    assertThat(report.steps()).isEqualTo(expectedReport.steps());
    assertThat(report.evaluations()).isEqualTo(expectedReport.evaluations());
    assertThat(report.stepZero()).isEqualTo(expectedReport.stepZero());
    assertThat(policy.fingerprint()).isEqualTo(expected.fingerprint());
  }

  @Test
  void aRunIsTheSameBitForBitAsWithTheLiveReference() throws IOException {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.random());
    Toy.trainer(policy).loss(Losses.sft()).reference(Reference.none()).build().train(PAIRS);
    policy.keepAdapter("sft");

    for (Reference live :
        List.of(
            Reference.frozenCopy(),
            Reference.adapterOff(),
            Reference.adapter("sft"),
            Reference.model(Toy.uniform()))) {
      assertSameRun(policy, live, Reference.cached(live, file));
      assertSameRun(policy, live, Reference.cached(live, file));
      assertSameRun(policy, live, Reference.cachedOnly(file));
      Files.delete(file);
    }
  }

  @Test
  void theFirstRunAsksOnceADistinctExampleAndTheSecondNever() {
    CountingScorer first = new CountingScorer(Toy.uniform());
    CountingScorer second = new CountingScorer(Toy.uniform());

    assertSameRun(
        Toy.random(),
        Reference.model(Toy.uniform()),
        Reference.cached(Reference.model(first), file));
    assertSameRun(
        Toy.random(),
        Reference.model(Toy.uniform()),
        Reference.cached(Reference.model(second), file));

    assertThat(first.asked)
        .hasSize(11)
        .containsExactlyInAnyOrderElementsOf(Toy.tokens(Toy.pairs(11)));
    assertThat(second.calls).isZero();
    assertThat(first.closed + second.closed).isZero();
  }

  @Test
  void aMicroBatchAsksForAllItMissesInOneCall() {
    CountingScorer model = new CountingScorer(Toy.uniform());
    ReferenceCache.in(file).fill(Toy.uniform(), Toy.WORDS, PAIRS.range(2, 4));

    Toy.trainer(Toy.random())
        .reference(Reference.cached(Reference.model(model), file))
        .shuffle(false)
        .batchSize(5)
        .build()
        .train(PAIRS);

    List<PromptGroup> expected = Toy.tokens(PAIRS.range(0, 2).concat(PAIRS.range(4, 10)));
    assertThat(model.asked).containsExactlyElementsOf(expected);
    assertThat(model.calls).isEqualTo(2);
  }

  @Test
  void aRunThatEndedEarlyLeavesWhatItComputed() {
    CountingScorer model = new CountingScorer(Toy.uniform());
    Reference cached = Reference.cached(Reference.model(model), file);
    DpoTrainer.Builder trainer = Toy.trainer(Toy.random()).reference(cached).batchSize(3);

    trainer.maxSteps(2).build().train(PAIRS);
    assertThat(model.asked).hasSize(6);

    trainer.maxSteps(4).build().train(PAIRS);
    assertThat(model.asked).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void otherWeightsReplaceTheFile() {
    trainer(Toy.random(), Reference.cached(Reference.model(Toy.uniform()), file)).train(PAIRS);
    CountingScorer other = new CountingScorer(Toy.random());

    assertSameRun(
        Toy.uniform(),
        Reference.model(Toy.random()),
        Reference.cached(Reference.model(other), file));

    assertThat(other.asked).hasSize(11);
    assertSameRun(Toy.uniform(), Reference.model(Toy.random()), Reference.cachedOnly(file));
  }

  @Test
  void anotherTemplateOrTruncationIsComputedAnew() {
    ReferenceCache.in(file).fill(Toy.uniform(), Toy.WORDS, PAIRS);
    PreferenceDataset templated =
        PAIRS.map(pair -> pair(pair, text(pair.prompt()) + " a", text(pair.chosen())));
    PreferenceDataset truncated =
        PAIRS.map(pair -> pair(pair, text(pair.prompt()), text(pair.chosen()).substring(0, 2)));
    List<PromptGroup> shortened = new ArrayList<>(Toy.tokens(truncated));
    shortened.removeAll(Toy.tokens(PAIRS));
    assertThat(shortened).as("some pairs were longer, some were not").hasSizeBetween(1, 9);

    assertThat(askedBy(templated)).containsExactlyElementsOf(Toy.tokens(templated));
    assertThat(askedBy(truncated)).containsExactlyElementsOf(shortened);
  }

  private static PreferencePair pair(PreferencePair pair, String prompt, String chosen) {
    return PreferencePair.of(prompt, chosen, text(pair.rejected())).withId(pair.id());
  }

  private static String text(Text text) {
    return ((Text.Plain) text).text();
  }

  /** What a run on these pairs still asks a uniform reference. */
  private List<PromptGroup> askedBy(PreferenceDataset pairs) {
    CountingScorer model = new CountingScorer(Toy.uniform());
    Toy.trainer(Toy.random())
        .reference(Reference.cached(Reference.model(model), file))
        .shuffle(false)
        .build()
        .train(pairs);
    return model.asked;
  }

  @Test
  void aChangedExampleComputesOnlyItself() {
    ReferenceCache.in(file).fill(Toy.uniform(), Toy.WORDS, PAIRS);
    PreferenceDataset changed =
        PAIRS.map(
            pair ->
                pair.id().equals("4")
                    ? PreferencePair.of("ask", " a b", " c").withId("4")
                    : pair.id().equals("5") ? pair.withWeight(2.0) : pair);
    assertThat(askedBy(changed)).containsExactlyElementsOf(Toy.tokens(changed.range(4, 5)));
  }

  @Test
  void aValueThatIsNoNumberIsNotKept() {
    CountingScorer model = new CountingScorer(Toy.uniform());
    model.notANumberAt = call -> call == 1;
    DpoTrainer trainer =
        Toy.trainer(Toy.random())
            .reference(Reference.cached(Reference.model(model), file))
            .shuffle(false)
            .build();

    assertThatThrownBy(() -> trainer.train(PAIRS.range(0, 3)))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "step 1, pairs [0]: reference log-prob must be a finite number, got NaN at token"
                + " 0 of the chosen completion; the parameters are as before this step");
    trainer.train(PAIRS.range(0, 3));

    assertThat(model.asked)
        .containsExactlyElementsOf(Toy.tokens(PAIRS.range(0, 3).concat(PAIRS.range(0, 1))));
  }

  @Test
  void anInterruptDuringTheReferencePassCancelsAndLeavesTheFileWhole() {
    CountingScorer model = new CountingScorer(Toy.uniform());
    Reference cached = Reference.cached(Reference.model(model), file);
    model.inCall = () -> Thread.currentThread().interrupt();

    TrainingReport report = trainer(Toy.random(), cached).train(PAIRS);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
    assertThat(report.steps()).hasSize(1);
    model.inCall = () -> {};
    assertSameRun(Toy.random(), Reference.model(Toy.uniform()), cached);
    assertThat(model.asked).hasSize(11).doesNotHaveDuplicates();
  }

  @Test
  void anInterruptBeforeTheRunCancelsItAndOpensTheFileAllTheSame() {
    Thread.currentThread().interrupt();

    TrainingReport report =
        trainer(Toy.random(), Reference.cached(Reference.frozenCopy(), file)).train(PAIRS);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.warnings()).isEmpty();
    }
  }

  @Test
  void aReferenceThatCanNotTellItsWeightsIsRefused() {
    TokenScorer nameless = (groups, statistics) -> Toy.uniform().score(groups, statistics);
    DpoTrainer trainer = trainer(Toy.random(), Reference.cached(Reference.model(nameless), file));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(PAIRS))
        .withMessage(
            "the reference can't tell which weights it has, so that its log-probs can't be kept in"
                + " %s; let its TokenScorer.fingerprint() say so, or keep them for one run with"
                + " Reference.cached(source)",
            file);
    assertThat(file).doesNotExist();
  }

  @Test
  void aSourceThatThePolicyCanNotProvideIsRefusedWhenBuilt() {
    TabularPolicy policy = Toy.random();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy, Reference.cached(Reference.adapterOff(), file)))
        .withMessageStartingWith("Reference.adapterOff() needs a policy with an adapter");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy, Reference.cached(Reference.model(policy), file)))
        .withMessageStartingWith("Reference.model(…) is the policy itself");
  }

  @Test
  void aFileThatCanNotBeUsedLeavesNothingOpen() throws IOException {
    Files.writeString(file, "my notes");
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> trainer(policy, Reference.cached(Reference.frozenCopy(), file)).train(PAIRS))
        .withMessage(
            "%s is not a file of reference log-probs, and is left as it is; name another", file);

    assertThat(file).hasContent("my notes");
    assertThat(policy.copiesMade).isOne();
    assertThat(policy.copiesClosed).isOne();
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void theCopyIsClosedAtTheEndAndTheFileMayBeWrittenAgain() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer = trainer(policy, Reference.cached(Reference.frozenCopy(), file));

    trainer.train(PAIRS);
    trainer.train(PAIRS);

    assertThat(policy.copiesMade).isEqualTo(2);
    assertThat(policy.copiesClosed).isEqualTo(2);
  }

  @Test
  void cachedOnlyNeedsNoModel() {
    ReferenceCache.in(file).fill(Toy.random(), Toy.WORDS, Toy.pairs(11));
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy, Reference.cachedOnly(file)).train(PAIRS);

    assertThat(policy.copiesMade).isZero();
    assertThat(report.stepZero().orElseThrow().startsAtReference()).isTrue();
  }

  @Test
  void cachedOnlyRefusesToStartWithoutAllPairs() {
    ReferenceCache.in(file).fill(Toy.random(), Toy.WORDS, PAIRS.range(3, 8));
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer =
        Toy.trainer(policy).reference(Reference.cachedOnly(file)).shuffle(false).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(PAIRS.range(3, 10)))
        .withMessage(
            "pair '8' is not in %s (2 of 7 are missing), and Reference.cachedOnly(…) has no model to"
                + " compute it; it may be new, or was tokenized by another tokenizer, template or"
                + " truncation when the file was made. Add it with"
                + " ReferenceCache.in(file).fill(…), or train with Reference.cached(source, file)",
            file);
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void cachedOnlyRefusesToStartWithoutAllHeldOutPairs() {
    ReferenceCache.in(file).fill(Toy.random(), Toy.WORDS, PAIRS);
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy, Reference.cachedOnly(file)).train(PAIRS))
        .withMessageStartingWith(
            "held-out pair '10' is not in " + file + " (1 of 3 are missing), and");
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void cachedOnlyNeedsThePairsThatTheRunGetsTo() {
    ReferenceCache.in(file).fill(Toy.random(), Toy.WORDS, PAIRS.range(0, 4));
    DpoTrainer trainer =
        Toy.trainer(Toy.random())
            .reference(Reference.cachedOnly(file))
            .shuffle(false)
            .batchSize(2)
            .maxSteps(2)
            .build();

    assertThat(trainer.train(PAIRS).steps()).hasSize(2);
  }

  @Test
  void cachedOnlyNeedsAFile() {
    DpoTrainer trainer = trainer(Toy.random(), Reference.cachedOnly(file));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(PAIRS))
        .withMessage(
            "%s does not exist; make it with ReferenceCache.in(file).fill(…) or by a run with"
                + " Reference.cached(source, file)",
            file);
  }
}
