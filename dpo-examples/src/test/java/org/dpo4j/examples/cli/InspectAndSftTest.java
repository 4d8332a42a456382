package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SFT learns from and what inspect shows of data, on a model of a few words. */
class InspectAndSftTest {

  private static final int EXAMPLES = 8;

  private static @TempDir Path model;

  private @TempDir Path own;

  @BeforeAll
  static void aModel() throws IOException {
    FewWords.writeModel(model);
  }

  private CalledDpo sft(String line, Object... more) throws IOException {
    Path data =
        Files.write(
            own.resolve("data.jsonl"),
            ImmutableList.copyOf(Collections.nCopies(EXAMPLES, line.replace('\'', '"'))));
    return CalledDpo.with(
        Stream.concat(
                Stream.of("sft", "--model", model, "--data", data, "--out", own.resolve("run")),
                Stream.concat(
                    Stream.of("--eval-fraction", 0.25, "--batch-size", 2, "--max-steps", 2),
                    Stream.of(more)))
            .toArray());
  }

  @Test
  void demonstrations_areImitated() throws IOException {
    CalledDpo called = sft("{'prompt':'how very','completion':' very good'}");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err())
        .contains("demonstrations (prompt, completion; instruction, input, output)");
    assertThat(own.resolve("run/final/adapter_model.safetensors")).exists();
    assertThat(Files.readString(own.resolve("run/report.txt"))).contains("data.jsonl");
  }

  @Test
  void columnsOfDemonstrations_canBeNamed() throws IOException {
    CalledDpo called =
        sft("{'ask':'how very','say':' very good'}", "--columns", "prompt=ask,completion=say");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).contains("columns as named [ask, say]");
  }

  @Test
  void ofPreferences_theChosenCompletionIsImitated() throws IOException {
    CalledDpo called = sft("{'prompt':'how','chosen':' good','rejected':' bad'}");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).contains("pairs (prompt, chosen, rejected)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pairs          | {\"prompt\":\"how\",\"chosen\":\" good\",\"rejected\":\" bad\"} | chosen:      good",
        "rankings       | {\"prompt\":\"how\",\"responses\":[\" bad\",\" good\"],\"scores\":[1,2]} | 1:           good",
        "thumbs         | {\"prompt\":\"how\",\"completion\":\" good\",\"label\":true} | up:          good",
        "demonstrations | {\"prompt\":\"how\",\"completion\":\" good\"} | completion:  good"
      })
  void inspect_showsWhatCanBeMadeOfData(String kind, String line, String shown) throws IOException {
    Path data = Files.writeString(own.resolve("data.jsonl"), line);

    CalledDpo called = CalledDpo.with("inspect", "--data", data, "--as", kind, "--model", model);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out())
        .contains(shown)
        .contains("  prompt                1, 1, 1")
        .contains("  completion            2, 2, 2")
        .contains("  prompt and completion 3, 3, 3");
  }
}
