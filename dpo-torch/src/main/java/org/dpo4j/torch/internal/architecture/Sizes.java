package org.dpo4j.torch.internal.architecture;

import java.util.OptionalInt;

/**
 * The sizes of a decoder. They are bounded before anything is allocated by them.
 *
 * @param vocabulary rows of the embedding
 * @param width of the hidden states
 * @param inner width inside the MLP
 * @param layers how many
 * @param heads query heads
 * @param keyValueHeads divides {@code heads}
 * @param headWidth of one head
 * @param maxPositions the longest sequence
 */
record Sizes(
    int vocabulary,
    int width,
    int inner,
    int layers,
    int heads,
    int keyValueHeads,
    int headWidth,
    int maxPositions) {

  static final int MAX_VOCABULARY = 1 << 24;
  static final int MAX_WIDTH = 1 << 20;
  static final int MAX_LAYERS = 10_000;
  static final int MAX_POSITIONS = 1 << 28;

  /** With the field names of Llama and those after it. */
  static Sizes read(ModelConfig config) {
    int width = config.requireInt("hidden_size", 1, MAX_WIDTH);
    int heads = config.requireInt("num_attention_heads", 1, MAX_WIDTH);
    int keyValueHeads = config.optionalInt("num_key_value_heads", 1, MAX_WIDTH).orElse(heads);
    config.check(
        heads % keyValueHeads == 0,
        "num_key_value_heads",
        "must divide num_attention_heads = " + heads);
    return new Sizes(
        config.requireInt("vocab_size", 1, MAX_VOCABULARY),
        width,
        config.requireInt("intermediate_size", 1, MAX_WIDTH),
        config.requireInt("num_hidden_layers", 1, MAX_LAYERS),
        heads,
        keyValueHeads,
        headWidth(config, width, heads),
        config.requireInt("max_position_embeddings", 1, MAX_POSITIONS));
  }

  /** With the field names of GPT-2 and GPT-J. */
  static Sizes readGpt(ModelConfig config) {
    int width = config.requireInt("n_embd", 1, MAX_WIDTH);
    int heads = config.requireInt("n_head", 1, MAX_WIDTH);
    config.check(width % heads == 0, "n_head", "must divide n_embd = " + width);
    OptionalInt inner = config.optionalInt("n_inner", 1, MAX_WIDTH);
    config.check(
        inner.isPresent() || width <= MAX_WIDTH / 4,
        "n_embd",
        "must be at most " + MAX_WIDTH / 4 + " where n_inner is absent");
    return new Sizes(
        config.requireInt("vocab_size", 1, MAX_VOCABULARY),
        width,
        inner.orElse(4 * width),
        config.requireInt("n_layer", 1, MAX_LAYERS),
        heads,
        heads,
        width / heads,
        config.requireInt("n_positions", 1, MAX_POSITIONS));
  }

  int queryWidth() {
    return heads * headWidth;
  }

  int keyWidth() {
    return keyValueHeads * headWidth;
  }

  private static int headWidth(ModelConfig config, int width, int heads) {
    OptionalInt stated = config.optionalInt("head_dim", 1, MAX_WIDTH);
    if (stated.isEmpty()) {
      config.check(
          width % heads == 0,
          "num_attention_heads",
          "must divide hidden_size = " + width + " where head_dim is absent");
      return width / heads;
    }
    config.check(
        (long) stated.getAsInt() * heads <= MAX_WIDTH,
        "head_dim",
        "times num_attention_heads = " + heads + " must be at most " + MAX_WIDTH);
    return stated.getAsInt();
  }
}
