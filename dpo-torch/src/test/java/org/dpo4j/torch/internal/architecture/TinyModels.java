package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The tiny checkpoints among the test resources. */
final class TinyModels {

  /** {@link #NAMES}, for parameterized tests. */
  static final String SOURCE = "org.dpo4j.torch.internal.architecture.TinyModels#NAMES";

  static final ImmutableList<String> NAMES =
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

  static Path file(String model, String name) {
    try {
      return Path.of(TinyModels.class.getResource("/models/" + model).toURI()).resolve(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonObject json(String model, String name) throws IOException {
    return JsonParser.parseString(Files.readString(file(model, name))).getAsJsonObject();
  }

  static ModelConfig config(String model) {
    return ModelConfig.read(file(model, "config.json"));
  }

  static ModelConfig config(JsonObject json) {
    return ModelConfig.parse(Path.of("config.json"), json.toString());
  }

  /** Shapes by name, over all shards. */
  static ImmutableMap<String, TensorShape> tensors(String model) throws IOException {
    ImmutableMap.Builder<String, TensorShape> tensors = ImmutableMap.builder();
    try (Stream<Path> files = Files.list(file(model, ""))) {
      for (Path file : files.filter(TinyModels::isWeights).sorted().toList()) {
        header(file).entrySet().stream()
            .filter(entry -> !entry.getKey().equals("__metadata__"))
            .forEach(entry -> tensors.put(entry.getKey(), shape(entry)));
      }
    }
    return tensors.buildOrThrow();
  }

  private static boolean isWeights(Path file) {
    return file.getFileName().toString().matches("model.*\\.safetensors");
  }

  private static JsonObject header(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      int length = (int) Long.reverseBytes(in.readLong());
      String json = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return JsonParser.parseString(json).getAsJsonObject();
    }
  }

  private static TensorShape shape(Map.Entry<String, JsonElement> tensor) {
    JsonArray sizes = tensor.getValue().getAsJsonObject().getAsJsonArray("shape");
    return TensorShape.of(sizes.asList().stream().mapToLong(JsonElement::getAsLong).toArray());
  }
}
