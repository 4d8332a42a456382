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

  /** Elements of the seven matrices of every layer. */
  long linearParameters() {
    long queries = (long) width * heads * headWidth;
    long keys = (long) width * keyValueHeads * headWidth;
    return layers * (2 * queries + 2 * keys + 3L * width * mlpWidth);
  }

  /** Elements of A and B of every layer's seven matrices. */
  long adapterParameters(int rank) {
    long queries = (long) width + (long) heads * headWidth;
    long keys = (long) width + (long) keyValueHeads * headWidth;
    return layers * (2 * queries + 2 * keys + 3L * (width + mlpWidth)) * rank;
  }

  /** Elements of the head. */
  long headParameters() {
    return (long) width * vocabulary;
  }
}
