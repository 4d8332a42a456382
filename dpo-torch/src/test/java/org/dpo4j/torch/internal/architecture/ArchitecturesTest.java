package org.dpo4j.torch.internal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Each family against the tiny checkpoint that transformers wrote. */
final class ArchitecturesTest {

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void describesExactlyTheTensorsOfTheCheckpoint(String model) {
    DecoderSpec decoder = Architectures.describe(TinyModels.config(model));

    assertThat(decoder.weights()).containsExactlyInAnyOrderEntriesOf(TinyModels.tensors(model));
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void everyParameterOfTransformersHasAName(String model) throws Exception {
    ModelConfig config = TinyModels.config(model);
    Architecture architecture = Architectures.of(config);
    JsonObject norms =
        TinyModels.json(model, "expected.json").getAsJsonObject("sft_gradient_norms");

    assertThat(norms.keySet().stream().map(architecture::nameOf).collect(Collectors.toSet()))
        .isEqualTo(architecture.describe(config).weights().keySet());
  }
}
