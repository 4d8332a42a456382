package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Placement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {

  private static final Path DATA = Path.of("data");

  @Test
  void files_there() throws IOException {
    assertThat(PairFile.read(DATA.resolve(Setting.LIVE.dataFile()), 1000).size()).isEqualTo(32);
    assertThat(PairFile.read(DATA.resolve(Setting.LONG.dataFile()), 1000).size()).isEqualTo(16);
    assertThat(PairFile.read(DATA.resolve(Setting.LONG.dataFile()), 5).size()).isEqualTo(5);
  }

  @Test
  @Tag("real-model")
  void longPairs_promptsOf300CompletionsOf30() throws IOException {
    Path directory = Options.parse(ImmutableList.of()).model();
    assumeTrue(Files.exists(directory.resolve("model.safetensors")), "no model in " + directory);
    PreferenceDataset pairs = PairFile.read(DATA.resolve(Setting.LONG.dataFile()), 1000);
    try (LanguageModel model = LanguageModel.load(directory, Placement.on("cpu"))) {
      for (PreferencePair pair : pairs) {
        PromptGroup group =
            model.tokenizer().encode(pair.prompt(), List.of(pair.chosen(), pair.rejected()));
        assertThat(group.prompt().length()).isEqualTo(300);
        assertThat(group.completions()).allMatch(completion -> completion.length() == 30);
      }
    }
  }

  @Test
  void read_textMissing_lineNamed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pairs.jsonl");
    Files.writeString(file, "{\"prompt\": \"p\", \"chosen\": \"c\"}\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairFile.read(file, 1))
        .withMessage("%s, line 1: rejected must be text, got null", file);
  }

  @Test
  void size_ofAnotherArchitecture_refused(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("config.json");
    Files.writeString(config, "{\"model_type\": \"gpt2\"}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DecoderSize.read(config))
        .withMessage("%s: model_type must be llama, got 'gpt2'", config);
  }
}
