package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {

  private @TempDir Path root;

  private String card(ObservedPolicy policy) throws IOException {
    Path directory = root.resolve("run");
    var unused =
        RecordedRuns.trainer(policy)
            .runDirectory(RecordedRuns.in(directory))
            .build()
            .train(RecordedRuns.PAIRS);
    return Files.readString(directory.resolve("final/README.md"));
  }

  @Test
  void saysWhatAnAdapterIsAndHowToLoadIt() throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();
    policy.description = ImmutableMap.of("base", "models/a \"b\"\n|x", "adapter", "LoRA, rank 2");

    assertThat(card(policy))
        .startsWith(
            """
            ---
            base_model: "models/a \\"b\\"\\n|x"
            library_name: peft
            tags: [dpo4j, "dpo"]
            ---

            # An adapter trained with dpo, β = 0.1

            | | |
            |---|---|
            | base | models/a "b" \\|x |
            | adapter | LoRA, rank 2 |
            | method | dpo, β = 0.1 |
            """)
        .contains("| data: examples | 17 |")
        .contains("| seed | 42 |")
        .contains("## On held-out data")
        .contains("| eval_loss | ")
        .contains("`PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE), DIR)`");
  }

  /** It is made to be published. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/home/jane/secret client/smollm2|smollm2",
        "/home/jane/secret client/smollm2/|smollm2",
        "C:\\Users\\jane\\smollm2|smollm2",
        "file:///home/jane/smollm2|smollm2",
        "Cached[source=/home/jane/a b/x, file=/home/jane/y]|Cached[source=x, file=y]",
        "models/smollm2|models/smollm2",
        "org/name and /tmp|org/name and tmp",
        "https://example.org/a/b|https://example.org/a/b",
      })
  void namesNoFolderOfThisMachine(String given, String shown) throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();
    policy.description = ImmutableMap.of("base", given, "adapter", "of " + given);

    assertThat(card(policy))
        .contains("base_model: \"" + shown.replace("\\", "\\\\") + "\"", "| base | " + shown + " |")
        .contains("`BASE` is " + shown + ".")
        .doesNotContain("jane", "secret client");
  }

  @Test
  void ofAWholeModelSaysNothingOfAdapters() throws IOException {
    assertThat(card(RecordedRuns.policy()))
        .startsWith(
            """
            ---
            tags: [dpo4j, "dpo"]
            ---

            # A model trained with dpo, β = 0.1
            """)
        .doesNotContain("peft")
        .doesNotContain("## Loading");
  }
}
