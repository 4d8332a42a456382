package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.tabular.TabularPolicy;

/** Runs with directories, and what is compared of them. */
final class RecordedRuns {

  static final PreferenceDataset PAIRS = Toy.pairs(17);
  static final PreferenceDataset HELD_OUT = Toy.pairs(25).range(17, 25);

  private RecordedRuns() {}

  /** 15 steps over 3 epochs, with a moving reference, evaluations, and all that has a state. */
  static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(Reference.moving(0.6, 2))
        .optimizer(AdamW.learningRate(0.05).weightDecay(0.01))
        .schedule(Schedule.cosine().warmup(0.2))
        .batchSize(2)
        .accumulateOver(2)
        .epochs(3)
        .onNonFinite(NonFinite.SKIP)
        .evaluation(HELD_OUT)
        .evaluateEvery(4);
  }

  /** A policy to which one of the pairs is poison. */
  static ObservedPolicy policy() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberFor = Toy.tokens(PAIRS.get(5))::equals;
    return policy;
  }

  static RunDirectory in(Path directory) {
    return RunDirectory.at(directory).checkpointEvery(2);
  }

  /** What a run left, without its times. */
  record Left(
      List<TrainingStep> steps,
      List<SkippedStep> skipped,
      List<TrainingStep> evaluations,
      Object stepZero,
      StopReason stopped,
      String policy,
      List<String> lines) {

    static Left of(TrainingReport report, ObservedPolicy policy, Path directory)
        throws IOException {
      return new Left(
          report.steps(),
          report.skipped(),
          report.evaluations(),
          report.stepZero(),
          report.stopped(),
          policy.fingerprint().orElseThrow(),
          RecordedRuns.lines(directory));
    }
  }

  static List<String> lines(Path directory) throws IOException {
    return Files.readAllLines(directory.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll(",\"time\":[0-9.E-]+}", "}"))
        .toList();
  }

  static List<JsonObject> json(Path directory) throws IOException {
    return Files.readAllLines(directory.resolve("metrics.jsonl")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** The whole run of {@code trainer} at once. */
  static Left uninterrupted(Path directory) throws IOException {
    ObservedPolicy policy = policy();
    TrainingReport report = trainer(policy).runDirectory(in(directory)).build().train(PAIRS);
    return Left.of(report, policy, directory);
  }

  /** Goes on to the end. */
  static Left resumed(Path directory) throws IOException {
    ObservedPolicy policy = policy();
    TrainingReport report =
        trainer(policy).runDirectory(in(directory).resume(true)).build().train(PAIRS);
    return Left.of(report, policy, directory);
  }

  static List<String> checkpoints(Path directory) throws IOException {
    try (Stream<Path> inside = Files.list(directory.resolve("checkpoints"))) {
      return inside
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /**
   * The policy as the run's directory has it at its end.
   *
   * @param start a policy like the run's
   */
  static void assertFinalPolicy(Path directory, TabularPolicy start, String fingerprint)
      throws IOException {
    start.restore(Snapshot.open(new SystemDisk(), directory.resolve("final")).part(""));
    assertThat(start.fingerprint()).hasValue(fingerprint);
  }
}
