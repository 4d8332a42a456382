package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.dpo4j.core.backend.TokenScorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that tell the day: a run and a file of log-probs have one, whenever they go on. */
class RunDateTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(4);
  private final LocalDate today = LocalDate.now(ZoneId.systemDefault());
  private final LocalDate yesterday = today.minusDays(1);

  private @TempDir Path folder;

  private static ObservedPolicy reading(Optional<LocalDate> date) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.tokenizer = new DatedWords(date);
    return policy;
  }

  private static int firstWord(ObservedPolicy policy) {
    return policy.trainedOn.get(policy.trainedOn.size() - 1).prompt().get(0);
  }

  private static int word(LocalDate day) {
    return 2 + (int) (day.toEpochDay() % 9);
  }

  private DpoTrainer trainer(ObservedPolicy policy, Reference reference) {
    return Toy.trainer(policy).reference(reference).epochs(2).build();
  }

  private DpoTrainer inDirectory(ObservedPolicy policy, int stopAfter) {
    return Toy.trainer(policy)
        .reference(Reference.frozenCopy())
        .batchSize(2)
        .epochs(2)
        .runDirectory(RunDirectory.at(folder.resolve("run")).resume(true))
        .cancellation(cancelling(policy, stopAfter))
        .build();
  }

  private static Cancellation cancelling(ObservedPolicy policy, int stopAfter) {
    Cancellation cancellation = new Cancellation();
    policy.beforeForward =
        pass -> {
          if (pass == stopAfter) {
            cancellation.cancel();
          }
        };
    return cancellation;
  }

  @Test
  void runThatGoesOnTomorrow_hasTheDayItBegan() throws IOException {
    ObservedPolicy begun = reading(Optional.of(yesterday));
    assertThat(inDirectory(begun, 2).train(PAIRS).stopped()).isEqualTo(StopReason.CANCELLED);

    ObservedPolicy goingOn = reading(Optional.empty());
    TrainingReport report = inDirectory(goingOn, 0).train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(firstWord(goingOn)).isEqualTo(word(yesterday)).isNotEqualTo(word(today));
    assertThat(Files.readString(folder.resolve("run/run.json")))
        .contains("\"date\": \"" + yesterday + "\"");
  }

  @Test
  void runWithoutADay_hasTodayAndWritesItDown() throws IOException {
    ObservedPolicy policy = reading(Optional.empty());

    inDirectory(policy, 0).train(PAIRS);

    assertThat(firstWord(policy)).isEqualTo(word(today));
    assertThat(Files.readString(folder.resolve("run/run.json")))
        .contains("\"date\": \"" + today + "\"");
  }

  @Test
  void runToldAnotherDay_isAnotherRun() {
    inDirectory(reading(Optional.of(yesterday)), 2).train(PAIRS);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> inDirectory(reading(Optional.of(today)), 0).train(PAIRS))
        .withMessageContaining("tokenizer.date was " + yesterday + " and is " + today);
  }

  @Test
  void textsWithoutADay_leaveNoneInTheRun() throws IOException {
    inDirectory(new ObservedPolicy(Toy.random()), 0).train(PAIRS);

    assertThat(Files.readString(folder.resolve("run/run.json")))
        .doesNotContain("\"date\"")
        .doesNotContain("\"tokenizer\"");
  }

  @Test
  void fileFilledYesterday_hasWhatARunOfTodayAsks() {
    Path file = folder.resolve("reference.logprobs");
    TokenScorer reference = Toy.random().frozenCopy();
    ReferenceCache cache = ReferenceCache.in(file);
    assertThat(cache.fill(reference, new DatedWords(Optional.of(yesterday)), PAIRS)).isEqualTo(4);

    assertThat(cache.fill(reference, new DatedWords(Optional.empty()), PAIRS)).isZero();
    ObservedPolicy without = reading(Optional.empty());
    trainer(without, Reference.cachedOnly(file)).train(PAIRS);
    assertThat(firstWord(without)).isEqualTo(word(yesterday));

    ObservedPolicy with = reading(Optional.empty());
    trainer(with, Reference.cached(Reference.model(reference), file)).train(PAIRS);
    assertThat(firstWord(with)).isEqualTo(word(yesterday));
  }

  @Test
  void fileOfARun_keepsTheDayOfTheRun() {
    Path file = folder.resolve("reference.logprobs");
    trainer(
            reading(Optional.of(yesterday)),
            Reference.cached(Reference.model(Toy.random().frozenCopy()), file))
        .train(PAIRS);

    assertThat(LogProbFile.dateOf(file)).contains(yesterday);
    try (LogProbFile opened = LogProbFile.reading(file)) {
      assertThat(opened.warnings()).isEmpty();
    }
  }

  @Test
  void fileWhoseNoteIsDamaged_isOfUseWithoutADay() throws IOException {
    Path file = folder.resolve("reference.logprobs");
    TokenScorer reference = Toy.random().frozenCopy();
    ReferenceCache cache = ReferenceCache.in(file);
    cache.fill(reference, new DatedWords(Optional.of(yesterday)), PAIRS);
    byte[] bytes = Files.readAllBytes(file);
    int note = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("date=");
    bytes[note + 5] ^= 1;
    Files.write(file, bytes);

    assertThat(LogProbFile.dateOf(file)).isEmpty();
    assertThat(cache.fill(reference, new DatedWords(Optional.of(yesterday)), PAIRS)).isZero();
    assertThat(LogProbFile.dateOf(file)).contains(yesterday);
  }
}
