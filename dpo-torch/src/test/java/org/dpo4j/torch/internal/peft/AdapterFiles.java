package org.dpo4j.torch.internal.peft;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dpo4j.torch.internal.architecture.TinyModels;

/** The adapters of the tiny checkpoints, and variations of them. */
final class AdapterFiles {

  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";

  private AdapterFiles() {}

  /** A tensor as its file has it. */
  record Raw(String type, ImmutableList<Long> shape, ByteBuffer data) {

    static Raw floats(ImmutableList<Long> shape, float... values) {
      ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(values);
      return new Raw("F32", shape, data);
    }

    float[] floats() {
      float[] values = new float[data.limit() / 4];
      data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }
  }

  static Path directory(String model) {
    return TinyModels.file(model, "adapter");
  }

  static JsonObject config(String model) throws IOException {
    return config(directory(model));
  }

  static JsonObject config(Path directory) throws IOException {
    return JsonParser.parseString(Files.readString(directory.resolve(CONFIG))).getAsJsonObject();
  }

  static Map<String, Raw> weights(String model) throws IOException {
    return weights(directory(model).resolve(WEIGHTS));
  }

  /** Every tensor of a file, read without the code under test. */
  static Map<String, Raw> weights(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong(0);
    String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    TreeMap<String, Raw> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry :
        JsonParser.parseString(header).getAsJsonObject().entrySet()) {
      if (!entry.getKey().equals("__metadata__")) {
        JsonObject tensor = entry.getValue().getAsJsonObject();
        int begin = tensor.getAsJsonArray("data_offsets").get(0).getAsInt();
        int end = tensor.getAsJsonArray("data_offsets").get(1).getAsInt();
        tensors.put(
            entry.getKey(),
            new Raw(
                tensor.get("dtype").getAsString(),
                tensor.getAsJsonArray("shape").asList().stream()
                    .map(JsonElement::getAsLong)
                    .collect(ImmutableList.toImmutableList()),
                bytes.slice(8 + length + begin, end - begin)));
      }
    }
    return tensors;
  }

  static Raw tensor(Map<String, Raw> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  /** Writes an adapter without the code under test. */
  static Path write(Path directory, JsonObject config, Map<String, Raw> weights)
      throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(CONFIG), config.toString());
    Files.write(directory.resolve(WEIGHTS), safetensors(weights));
    return directory;
  }

  static byte[] safetensors(Map<String, Raw> weights) {
    JsonObject header = new JsonObject();
    int end = 0;
    for (Map.Entry<String, Raw> entry : weights.entrySet()) {
      Raw raw = entry.getValue();
      int begin = end;
      end += raw.data().limit();
      header.add(
          entry.getKey(),
          JsonParser.parseString(
              String.format(
                  Locale.ROOT,
                  "{\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}",
                  raw.type(),
                  raw.shape(),
                  begin,
                  end)));
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + end)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json);
    weights.values().forEach(raw -> bytes.put(raw.data().duplicate()));
    return bytes.array();
  }
}
