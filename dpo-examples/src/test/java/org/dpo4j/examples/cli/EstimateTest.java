package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What runs will need, and runs that need too much, on a model of a few words. */
class EstimateTest {

  private static final int PAIRS = 20;

  /** MiB that no run makes do with. */
  private static final int TOO_LITTLE = 100;

  private static @TempDir Path root;

  private @TempDir Path own;

  @BeforeAll
  static void aModelAndPairs() throws IOException {
    FewWords.writeModel(root);
    List<String> pairs =
        Stream.iterate("", very -> very.length() > 20 ? "" : very + " very")
            .limit(PAIRS)
            .map(
                very ->
                    String.format(
                        Locale.ROOT,
                        "{\"prompt\": \"how%s\", \"chosen\": \" good%s\", \"rejected\": \" bad\"}",
                        very,
                        very))
            .toList();
    Files.write(root.resolve("pairs.jsonl"), pairs);
  }

  private static CalledDpo call(String command, Object... more) {
    return CalledDpo.with(
        Stream.concat(
                Stream.of(command, "--model", root, "--data", root.resolve("pairs.jsonl")),
                Stream.of(more))
            .toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "dpo, adapter-off, 8 (4 an epoch)",
    "dpo, cached, 8 (4 an epoch)",
    "simpo(gamma=0.5), none, 8 (4 an epoch)",
    "kto, copy, 16 (8 an epoch)"
  })
  void estimate_says_what_a_run_takes_and_needs_no_directory(
      String loss, String reference, String steps) {
    CalledDpo called =
        call(
            "estimate",
            "--loss",
            loss,
            "--reference",
            reference,
            "--epochs",
            2,
            "--eval-fraction",
            0.2,
            "--timing-seconds",
            0);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out())
        .contains("steps          " + steps)
        .contains("evaluations    1")
        .contains("memory", "  weights ", "  optimizer ", "  activations ", "  available ")
        .contains("time", "  learning ", "  a step ", "  total ");
  }

  @Test
  void estimate_times_nothing_that_does_not_fit() {
    CalledDpo called = call("estimate", "--max-memory", TOO_LITTLE);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.out()).contains("  available    100.0 MiB").doesNotContain("time");
    assertThat(called.err())
        .endsWith(
            String.format(
                Locale.ROOT,
                "dpo: that does not fit, so no step was timed; --force times some anyway%n"));
  }

  @Test
  void estimate_forced_times_what_does_not_fit() {
    CalledDpo called =
        call("estimate", "--max-memory", TOO_LITTLE, "--force", "--timing-seconds", 0);

    assertThat(called.exitCode()).isZero();
    assertThat(called.out()).contains("time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sft"})
  void a_run_that_needs_more_than_there_is_is_refused_before_it_starts(String command) {
    Path run = own.resolve("run");
    CalledDpo called = call(command, "--out", run, "--max-memory", TOO_LITTLE);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .containsPattern(
            "dpo: the run needs about \\d+\\.\\d MiB of memory \\(weights \\d+\\.\\d KiB, .*other"
                + " \\d+\\.\\d MiB\\), and has 100\\.0 MiB; lower --batch-size or --max-tokens, add"
                + " --recompute-activations, or start anyway with --force");
    assertThat(run).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sft"})
  void a_forced_run_says_what_it_needs_and_goes_on(String command) {
    CalledDpo called =
        call(
            command,
            "--out",
            own.resolve("run"),
            "--max-memory",
            TOO_LITTLE,
            "--force",
            "--max-steps",
            1,
            "--samples",
            0);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).containsPattern("(?m)^needs about .*; 100\\.0 MiB available$");
  }

  @Test
  void activations_that_are_computed_again_take_less() {
    assertThat(activations("--recompute-activations", "--batch-size", 20))
        .isLessThan(activations("--batch-size", 20));
  }

  private static double activations(Object... options) {
    TrainOptions parsed = new TrainOptions();
    Stream<Object> all =
        Stream.concat(
            Stream.of("--model", root, "--data", root.resolve("pairs.jsonl"), "--out", root),
            Stream.of(options));
    CommandLine line = new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true);
    CommandLine.ParseResult unused =
        line.parseArgs(all.map(Object::toString).toArray(String[]::new));
    long[] bytes = new long[1];
    int code =
        parsed.with(
            line.getErr(),
            job -> {
              bytes[0] = job.policy().memory(job.plan().get()).activations();
              return 0;
            });
    assertThat(code).isZero();
    return bytes[0];
  }

  @Test
  void estimate_has_every_option_of_train() {
    assertThat(new CommandLine(new Estimate()).getCommandSpec().optionsMap().keySet())
        .containsAll(new CommandLine(new Train()).getCommandSpec().optionsMap().keySet());
  }
}
