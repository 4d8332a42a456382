package org.dpo4j.benchmarks;

/**
 * The floating-point operations a step asks for, a multiplication and an addition counted as two.
 *
 * <p>With T tokens (a prompt once a pair), R targets, S visible pairs of tokens, P parameters of a
 * layer's linear modules, p of those after attention, V·D of the head, L layers and H heads of
 * width d, a forward pass takes
 *
 * <pre>
 *   linear     2·(T·(L·P − p) + R·p)   (of the last layer, only the rows that predict a target)
 *   adapter    the same with the parameters of A and B
 *   attention  4·S·L·H·d               (QKᵀ and PV, where the mask lets them be)
 *   head       2·R·V·D
 * </pre>
 *
 * <p>A live reference takes a forward pass without the adapter. A backward pass takes the gradient
 * of the inputs, as much again as the forward pass, and of the parameters that are trained, as much
 * again for those; attention has two inputs a product, so twice. Norms, activations, softmax,
 * rotary positions and the optimizer are left out. So is whatever is computed twice: attention's
 * scores in the backward pass, and layers whose activations were not kept.
 *
 * @param size of the model
 * @param rank r of the adapter
 */
record Arithmetic(DecoderSize size, int rank) {

  /** What a step cannot do without. */
  double useful(Setting setting, BatchCount batch) {
    double reference = setting == Setting.CACHED ? 0 : forward(batch);
    return setting == Setting.FULL
        ? reference + forward(batch) + backwardOfAll(batch)
        : reference + forward(batch) + adapter(batch) + backwardOfAdapter(batch);
  }

  /** What checkpointing computes again: the layers, not the head. */
  double recomputed(Setting setting, BatchCount batch) {
    return setting == Setting.CHECKPOINTED ? linear(batch) + attention(batch) + adapter(batch) : 0;
  }

  private double forward(BatchCount batch) {
    return linear(batch) + attention(batch) + head(batch);
  }

  private double backwardOfAdapter(BatchCount batch) {
    return linear(batch) + 2 * attention(batch) + head(batch) + 2 * adapter(batch);
  }

  private double backwardOfAll(BatchCount batch) {
    return 2 * (linear(batch) + attention(batch) + head(batch));
  }

  private double linear(BatchCount batch) {
    return throughLayers(batch, size.layerParameters(), size.afterAttentionParameters());
  }

  private double adapter(BatchCount batch) {
    return throughLayers(
        batch, size.layerAdapterParameters(rank), size.afterAttentionAdapterParameters(rank));
  }

  private double throughLayers(BatchCount batch, long layer, long afterAttention) {
    double ofTokens = (double) batch.tokens() * (size.layers() * layer - afterAttention);
    double ofTargets = (double) batch.targets() * afterAttention;
    return 2 * (ofTokens + ofTargets);
  }

  private double attention(BatchCount batch) {
    return 4.0 * batch.visible() * size.layers() * size.heads() * size.headWidth();
  }

  private double head(BatchCount batch) {
    return 2.0 * batch.targets() * size.headParameters();
  }
}
