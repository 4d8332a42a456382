package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void parse_nothing_allSettingsAndNoPeer() {
    Options options = Options.parse(ImmutableList.of());
    assertThat(options.settings()).containsExactly(Setting.values());
    assertThat(options.peer()).isEmpty();
    assertThat(options.heap()).isEqualTo("256m");
    assertThat(options.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void parse_values_asGiven() {
    Options options =
        parse(
            "--setting long,live --data d --model m --pairs 8 --threads 3 --heap 1g"
                + " --peer-python p --script s");
    assertThat(options)
        .isEqualTo(
            new Options(
                ImmutableList.of(Setting.LONG, Setting.LIVE),
                Path.of("d"),
                Path.of("m"),
                8,
                3,
                "1g",
                Optional.of("p"),
                Path.of("s")));
  }

  @Test
  void childArguments_readToTheSame() {
    Options options = parse("--setting full --data d --model m --pairs 8 --threads 3");
    assertThat(Options.parse(options.childArguments(Setting.FULL))).isEqualTo(options);
  }

  @Test
  void parse_mistakes_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--settings live"))
        .withMessage(
            "options are [--setting, --data, --model, --pairs, --threads, --heap, --peer-python,"
                + " --script], got '--settings'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--pairs"))
        .withMessage("--pairs must be followed by a value, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--pairs 0"))
        .withMessage("--pairs must be a number ≥ 1, got '0'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--setting live,fast"))
        .withMessage("--setting must be of live, cached, checkpointed, full, long, got 'fast'");
  }

  private static Options parse(String line) {
    return Options.parse(ImmutableList.copyOf(line.split(" ")));
  }
}
