package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.api.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the command line says before it does anything. */
class UsageTest {

  private @TempDir Path directory;

  static Set<String> commands() {
    return Dpo.commandLine().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_explains_its_options(String command) {
    CalledDpo help = CalledDpo.with(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).startsWith("Usage: dpo " + command).contains("--config", "--debug");
    assertThat(CalledDpo.with("--help").out()).contains("  " + command + " ");
  }

  @Test
  void without_a_command_is_called_the_wrong_way() {
    CalledDpo called = CalledDpo.with();

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .isEqualToNormalizingNewlines("dpo: a command is needed; see dpo --help\n");
  }

  @Test
  void a_misspelt_command_is_met_with_the_nearest() {
    CalledDpo called = CalledDpo.with("trian");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("'trian'").contains("dpo train");
  }

  @Test
  void a_missing_option_is_named() {
    CalledDpo called = CalledDpo.with("train", "--model", "m", "--out", "o");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("--data").contains("see dpo train --help");
  }

  @Test
  void what_fails_is_said_on_one_line() {
    CalledDpo called = CalledDpo.with("report", directory);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .isEqualToNormalizingNewlines(
            "dpo: " + directory + " is no directory of a run: there is no run.json\n");
  }

  @Test
  void debug_says_where_it_failed() {
    assertThat(CalledDpo.with("report", directory, "--debug").err())
        .contains("IllegalArgumentException")
        .contains("at org.dpo4j.api.report.RunReport");
  }

  @Test
  void a_file_of_options_counts_less_than_the_command_line() throws IOException {
    Path config = directory.resolve("train.yaml");
    Path data = directory.resolve("pairs.jsonl");
    Files.writeString(data, "{\"prompt\":\"a\",\"chosen\":\" b\",\"rejected\":\" c\"}\n");
    Files.writeString(config, "data: [" + data + "]\nexamples: 0\n");

    assertThat(CalledDpo.with("inspect", "--config", config).out())
        .startsWith("1 pairs of 1 records")
        .doesNotContain("chosen: ");
    assertThat(CalledDpo.with("inspect", "--config=" + config, "--examples", 1).out())
        .contains("chosen:      b");
  }

  @Test
  void a_file_with_an_unknown_option_is_refused() throws IOException {
    Path config = directory.resolve("train.yaml");
    Files.writeString(config, "lerning-rate: 1\n");

    CalledDpo called = CalledDpo.with("train", "--config", config);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .startsWith("dpo: " + config + ": train has no option 'lerning-rate'; it has ")
        .contains("learning-rate");
  }

  @Test
  void a_file_that_is_no_yaml_is_refused() throws IOException {
    Path config = directory.resolve("train.yaml");
    Files.writeString(config, "a: [\n");

    CalledDpo called = CalledDpo.with("train", "--config", config);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).startsWith("dpo: " + config + " must be YAML: ").hasLineCount(1);
  }

  @Test
  void lists_every_loss() {
    assertThat(CalledDpo.with("losses").out().lines().filter(line -> !line.startsWith(" ")))
        .containsExactlyElementsOf(Losses.names());
  }

  @Test
  void the_documentation_s_table_has_every_command() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("../docs/command-line.md")).stream()
            .map(Pattern.compile("^\\| `\\./dpo ([a-z-]+)")::matcher)
            .filter(Matcher::find)
            .map(row -> row.group(1))
            .toList();

    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(Dpo.commandLine().getSubcommands().keySet());
  }

  @Test
  void completes_in_a_shell() {
    assertThat(CalledDpo.with("generate-completion").out()).contains("complete -F _complete_dpo");
  }
}
