package org.dpo4j.api.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RunDirectory;
import org.dpo4j.api.StopReason;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks TensorBoard's own reader, where the Python on the path has it. */
class TensorBoardReaderTest {

  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("ask a b c d"));
  private static final PreferenceDataset PAIRS =
      PreferenceDataset.of(
          PreferencePair.of("ask", " a", " b"), PreferencePair.of("ask a", " c d", " b"));

  /** What a program printed. */
  private record Said(int exitCode, String text) {

    static Said by(String... command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Said(process.waitFor(), text);
    }
  }

  private static boolean hasTensorBoard() throws InterruptedException {
    try {
      return Said.by("python3", "-c", "import tensorboard").exitCode() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** As far as a step; a listener of its own each time, as a program that is started again has. */
  private static TrainingReport train(Path run, int until) {
    Cancellation cancellation = new Cancellation();
    return DpoTrainer.builder()
        .policy(TabularPolicy.of(WORDS))
        .batchSize(1)
        .epochs(10)
        .evaluation(PAIRS)
        .evaluateEvery(3)
        .runDirectory(RunDirectory.at(run).resume(true))
        .cancellation(cancellation)
        .listener(TensorBoard.in(run.resolve("tensorboard")))
        .listener(
            step -> {
              if (step.step() == until) {
                cancellation.cancel();
              }
            })
        .build()
        .train(PAIRS);
  }

  @Test
  void aRunThatWasInterrupted_isReadAsItsMetricsHaveIt(@TempDir Path root) throws Exception {
    assumeTrue(hasTensorBoard(), "there is no python3 with tensorboard on the path");
    Path run = root.resolve("run");

    assertThat(train(run, 7).stopped()).isEqualTo(StopReason.CANCELLED);
    assertThat(train(run, 99).steps()).hasSize(20);

    Said said =
        Said.by(
            "python3", Path.of("src/test/python/check_tensorboard.py").toString(), run.toString());
    assertThat(said.text()).endsWith(" values agree");
    assertThat(said.exitCode()).isZero();
  }
}
