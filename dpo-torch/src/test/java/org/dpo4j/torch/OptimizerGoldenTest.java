package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.engine.PtNDArray;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Resources;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.torch.internal.decoder.Network;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's own optimizers on the same parameters and gradients ({@code optimizers/}). */
class OptimizerGoldenTest {

  private static final ImmutableMap<String, OptimizerSpec> SPECS =
      ImmutableMap.of(
          "adamw", AdamW.learningRate(1),
          "adamw-decay", AdamW.learningRate(1).betas(0.8, 0.95).epsilon(1e-6).weightDecay(0.1),
          "sgd", Sgd.learningRate(1),
          "sgd-momentum", Sgd.learningRate(1).momentum(0.9),
          "rmsprop", RmsProp.learningRate(1));

  @ParameterizedTest
  @ValueSource(strings = {"adamw", "adamw-decay", "sgd", "sgd-momentum", "rmsprop"})
  void step_asPyTorch(String name) throws IOException {
    JsonObject golden = golden();
    JsonObject run = golden.getAsJsonObject("runs").getAsJsonObject(name);
    // A of [2, 32] and B of [16, 2]: as many numbers as the golden's two parameters have.
    Lora lora = Lora.rank(2).targets("k_proj").layers(0, 1);
    try (LanguageModel model = TinyModel.of("llama").load();
        TorchPolicy policy = model.train(lora);
        Optimizer optimizer = policy.optimizer(Objects.requireNonNull(SPECS.get(name)))) {
      List<Network.Parameter> parameters = policy.network().parameters();
      for (int p = 0; p < 2; p++) {
        fill(parameters.get(p).value(), golden.getAsJsonArray("start").get(p));
      }
      for (int step = 0; step < golden.getAsJsonArray("rates").size(); step++) {
        JsonArray gradients = golden.getAsJsonArray("gradients").get(step).getAsJsonArray();
        for (int p = 0; p < 2; p++) {
          fill(parameters.get(p).gradient(), gradients.get(p));
        }
        double norm = optimizer.gradientNorm();
        assertThat(norm)
            .isCloseTo(run.getAsJsonArray("norms").get(step).getAsDouble(), within(1e-5));
        optimizer.step(
            golden.getAsJsonArray("rates").get(step).getAsDouble(),
            Math.min(1.0, 1.0 / (norm + 1e-6)));
        for (int p = 0; p < 2; p++) {
          assertThat(parameters.get(p).gradient().toFloatArray()).containsOnly(0f);
        }
      }
      for (int p = 0; p < 2; p++) {
        assertThat(parameters.get(p).value().toFloatArray())
            .containsExactly(floats(run.getAsJsonArray("end").get(p)), within(2e-6f));
      }
    }
  }

  private static void fill(PtNDArray tensor, JsonElement values) {
    tensor.set(FloatBuffer.wrap(floats(values)));
  }

  private static float[] floats(JsonElement values) {
    JsonArray array = values.getAsJsonArray();
    float[] floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = array.get(i).getAsFloat();
    }
    return floats;
  }

  private static JsonObject golden() throws IOException {
    String json =
        Resources.toString(
            Resources.getResource("optimizers/expected.json"), StandardCharsets.UTF_8);
    return JsonParser.parseString(json).getAsJsonObject();
  }
}
