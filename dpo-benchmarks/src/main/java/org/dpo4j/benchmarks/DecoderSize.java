package org.dpo4j.benchmarks;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.core.math.Check;

/**
 * What of a Llama's configuration decides how much arithmetic it takes.
 *
 * @param layers number of them
 * @param width of the hidden state
 * @param mlpWidth of the hidden state inside the gated MLP
 * @param heads of queries
 * @param keyValueHeads of keys and of values
 * @param headWidth width of a head
 * @param vocabulary rows of the head
 */
record DecoderSize(
    int layers,
    int width,
    int mlpWidth,
    int heads,
    int keyValueHeads,
    int headWidth,
    int vocabulary) {

  /**
   * Reads {@code config.json}.
   *
   * @throws IllegalArgumentException if it is not a Llama's
   */
  static DecoderSize read(Path config) throws IOException {
    try (Reader reader = Files.newBufferedReader(config)) {
      JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
      String type = json.get("model_type").getAsString();
      Check.that(type.equals("llama"), "%s: model_type must be llama, got '%s'", config, type);
      int width = json.get("hidden_size").getAsInt();
      int heads = json.get("num_attention_heads").getAsInt();
      return new DecoderSize(
          json.get("num_hidden_layers").getAsInt(),
          width,
          json.get("intermediate_size").getAsInt(),
          heads,
          json.get("num_key_value_heads").getAsInt(),
          width / heads,
          json.get("vocab_size").getAsInt());
    }
  }

  /** Elements of a layer's seven matrices. */
  long layerParameters() {
    return 2 * queries() + 2L * width * keyValueHeads * headWidth + mlp();
  }

  /** Elements of those of them that come after attention. */
  long afterAttentionParameters() {
    return queries() + mlp();
  }

  /** Elements of A and B of a layer's seven matrices. */
  long layerAdapterParameters(int rank) {
    long keys = (long) width + (long) keyValueHeads * headWidth;
    return rank * (2 * queriesInAndOut() + 2 * keys + mlpInAndOut());
  }

  /** Elements of A and B of those that come after attention. */
  long afterAttentionAdapterParameters(int rank) {
    return rank * (queriesInAndOut() + mlpInAndOut());
  }

  /** Elements of the head. */
  long headParameters() {
    return (long) width * vocabulary;
  }

  /** Bytes in fp32 of the matrices that a token goes through: all layers' and the head. */
  long matrixBytes() {
    return Float.BYTES * (layers * layerParameters() + headParameters());
  }

  private long queries() {
    return (long) width * heads * headWidth;
  }

  private long mlp() {
    return 3L * width * mlpWidth;
  }

  private long queriesInAndOut() {
    return (long) width + (long) heads * headWidth;
  }

  private long mlpInAndOut() {
    return 3L * (width + mlpWidth);
  }
}
