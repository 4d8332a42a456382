package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/** The tiny checkpoints among the test resources. */
public final class TinyModels {

  /** {@link #NAMES}, for parameterized tests. */
  public static final String SOURCE = "org.dpo4j.torch.internal.architecture.TinyModels#NAMES";

  public static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "llama",
          "llama3",
          "mistral",
          "qwen2",
          "qwen3",
          "gemma2",
          "gemma3",
          "phi3",
          "gpt2",
          "gptj",
          "gpt_neox");

  private TinyModels() {}

  public static Path file(String model, String name) {
    try {
      return Path.of(TinyModels.class.getResource("/models/" + model).toURI()).resolve(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonObject json(String model, String name) throws IOException {
    return JsonParser.parseString(Files.readString(file(model, name))).getAsJsonObject();
  }

  public static ModelConfig config(String model) {
    return ModelConfig.read(file(model, "config.json"));
  }

  public static DecoderSpec decoder(String model) {
    return Architectures.describe(config(model));
  }

  static ModelConfig config(JsonObject json) {
    return ModelConfig.parse(Path.of("config.json"), json.toString());
  }

  /** Shapes by name, over all shards. */
  static Map<String, TensorShape> tensors(String model) {
    return Maps.transformValues(Checkpoint.read(file(model, "")), TensorEntry::shape);
  }
}
