package org.dpo4j.examples.fieldcases;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A tensor of a safetensors file, read here by itself and not by what is tested.
 *
 * @param type F32, F16 or BF16
 * @param shape rows first
 * @param values its numbers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileTensor(String type, int[] shape, double[] values) {

  /** Every tensor of a safetensors file. */
  static Map<String, FileTensor> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong(0);
    JsonObject entries =
        JsonParser.parseString(new String(bytes.array(), 8, header, StandardCharsets.UTF_8))
            .getAsJsonObject();
    Map<String, FileTensor> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
      if (!entry.getKey().equals("__metadata__")) {
        JsonObject tensor = entry.getValue().getAsJsonObject();
        int[] shape = ints(tensor.get("shape"));
        int[] place = ints(tensor.get("data_offsets"));
        String type = tensor.get("dtype").getAsString();
        int width = type.equals("F32") ? 4 : 2;
        tensors.put(
            entry.getKey(),
            new FileTensor(
                type,
                shape,
                IntStream.range(0, (place[1] - place[0]) / width)
                    .mapToDouble(i -> number(bytes, type, 8 + header + place[0] + (i * width)))
                    .toArray()));
      }
    }
    return tensors;
  }

  private static double number(ByteBuffer bytes, String type, int at) {
    return switch (type) {
      case "F32" -> bytes.getFloat(at);
      case "BF16" -> Float.intBitsToFloat(bytes.getShort(at) << 16);
      default -> half(bytes.getShort(at));
    };
  }

  private static double half(short bits) {
    int exponent = (bits >> 10) & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? fraction * 0x1p-14 : (1 + fraction) * Math.pow(2, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }

  private static int[] ints(JsonElement array) {
    return array.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }
}
