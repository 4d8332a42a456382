package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class FreshWeightsTest {

  private @TempDir Path directory;

  @BeforeEach
  void aConfiguration() throws IOException {
    copy("llama");
  }

  private void copy(String model) throws IOException {
    for (String file : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(
          TinyModel.of(model).directory().resolve(file),
          directory.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void make_a_model_of_any_architecture_that_can_be_computed(String model) throws IOException {
    copy(model);

    FreshWeights.write(directory, 1);

    try (LanguageModel fresh = LanguageModel.load(directory)) {
      for (float logit : fresh.logits(1, 2, 3)[2]) {
        assertThat(logit).isFinite();
      }
    }
  }

  @Test
  void are_the_same_for_the_same_seed() throws IOException {
    FreshWeights.write(directory, 1);
    byte[] first = Files.readAllBytes(directory.resolve("model.safetensors"));
    Files.delete(directory.resolve("model.safetensors"));
    FreshWeights.write(directory, 1);
    byte[] same = Files.readAllBytes(directory.resolve("model.safetensors"));
    Files.delete(directory.resolve("model.safetensors"));
    FreshWeights.write(directory, 2);

    assertThat(same).isEqualTo(first);
    assertThat(Files.readAllBytes(directory.resolve("model.safetensors"))).isNotEqualTo(first);
  }

  @Test
  void are_as_wide_as_the_configuration_says() throws IOException {
    String config = Files.readString(directory.resolve("config.json"));
    Files.writeString(
        directory.resolve("config.json"),
        config
            .replaceAll("\"initializer_range\"\\s*:\\s*[0-9.e-]+,", "")
            .replaceFirst("\\{", "{\"initializer_range\": 0.5,"));

    FreshWeights.write(directory, 1);

    double squares = 0;
    int count = 0;
    for (FloatBuffer all = numbers(); all.hasRemaining(); ) {
      float number = all.get();
      if (number != 0 && number != 1) {
        squares += number * number;
        count++;
      }
    }
    assertThat(Math.sqrt(squares / count)).isCloseTo(0.5, within(0.02));
  }

  private FloatBuffer numbers() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve("model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(bytes.getLong());
    assertThat(new String(bytes.array(), Long.BYTES, header, StandardCharsets.UTF_8))
        .contains("F32");
    return bytes.position(Long.BYTES + header).asFloatBuffer();
  }

  @Test
  void do_not_replace_weights() {
    FreshWeights.write(directory, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> FreshWeights.write(directory, 1))
        .withMessage("%s must have no weights yet, and there is model.safetensors", directory);
  }
}
