package org.dpo4j.torch.internal.decoder;

import org.dpo4j.torch.internal.architecture.AttentionSpec;
import org.dpo4j.torch.internal.decoder.Network.Layer;

/**
 * Bytes of what a pass over one batch holds beside weights and gradients.
 *
 * @param kept from the forward to the backward pass
 * @param workspace held at once while a layer or the head is computed; the larger of the two
 */
public record Activations(long kept, long workspace) {

  /** Blocks of logits that the head holds at once: one, and its exponentials. */
  private static final int HEAD_BLOCKS = 2;

  /** With what measures entropies and collisions of them. */
  private static final int MEASURED_BLOCKS = 3;

  /**
   * Hidden states of the targets that head and final norm hold: read, made, and to be given back.
   */
  private static final int HEAD_STATES = 5;

  /** Numbers as wide as x that a layer's backward pass holds: in, out, and both norms again. */
  private static final int LAYER_STATES = 5;

  /** Scores and probabilities of attention by matrix products, and their gradients. */
  private static final int SCORES = 5;

  /**
   * Of a pass that is learnt from.
   *
   * @param network computes it
   * @param batch what
   * @param checkpointed whether layers are computed again
   * @param statistics whether entropies and collisions are wanted
   * @return the bytes
   */
  public static Activations learning(
      Network network, PackedBatch batch, boolean checkpointed, boolean statistics) {
    long tokens = batch.ids().length;
    long inputs =
        network.layers().stream().mapToLong(layer -> layer.spec().attentionNorm().width()).sum();
    long kept =
        checkpointed
            ? bytes(network, tokens * inputs) + network.widestBytes(batch.ids().length)
            : network.keptBytes(batch.ids().length);
    return new Activations(
        kept + masks(network, batch),
        Math.max(head(network, batch, statistics), layer(network, batch)));
  }

  /**
   * Of a pass that is only scored.
   *
   * @param network computes it
   * @param batch what
   * @param statistics whether entropies and collisions are wanted
   * @return the bytes
   */
  public static Activations scoring(Network network, PackedBatch batch, boolean statistics) {
    return new Activations(
        network.widestBytes(batch.ids().length) + masks(network, batch),
        Math.max(head(network, batch, statistics), layer(network, batch)));
  }

  private static long head(Network network, PackedBatch batch, boolean statistics) {
    long block = Math.min(Network.HEAD_BLOCK, network.spec().vocabularySize());
    long blocks = statistics ? MEASURED_BLOCKS : HEAD_BLOCKS;
    return (long) Float.BYTES
        * batch.rows().length
        * (blocks * block + (long) HEAD_STATES * network.spec().width());
  }

  private static long layer(Network network, PackedBatch batch) {
    return network.layers().stream()
        .mapToLong(layer -> layer(network, layer, batch))
        .max()
        .orElse(0);
  }

  /**
   * An MLP holds the gradient of y, of m, and m again; narrow weights are widened one at a time.
   */
  private static long layer(Network network, Layer layer, PackedBatch batch) {
    JoinedLinear in = JoinedLinear.input(layer.spec().mlp());
    JoinedLinear out = JoinedLinear.output(layer.spec().mlp());
    long width = in.out() + 2L * out.in() + (long) LAYER_STATES * in.in();
    long widened =
        network.widensWeights()
            ? JoinedLinear.all(layer.spec()).stream()
                .mapToLong(Activations::numbers)
                .max()
                .orElse(0)
            : 0;
    return bytes(network, width * batch.ids().length + widened) + scores(layer, batch);
  }

  private static long numbers(JoinedLinear linear) {
    return (long) linear.in() * linear.out();
  }

  /** Nothing where attention is fused. */
  private static long scores(Layer layer, PackedBatch batch) {
    AttentionSpec attention = layer.spec().attention();
    return layer.masked()
        ? (long) SCORES
            * Float.BYTES
            * attention.heads()
            * batch.parts().stream().mapToLong(Activations::cells).max().orElse(0)
        : 0;
  }

  private static long masks(Network network, PackedBatch batch) {
    return network.layers().stream()
        .map(Inputs::key)
        .distinct()
        .mapToLong(key -> masks(key, batch))
        .sum();
  }

  private static long masks(Inputs.PlanKey key, PackedBatch batch) {
    return Float.BYTES
        * batch.parts().stream()
            .filter(part -> part.isMasked(key.window(), key.masked()))
            .mapToLong(Activations::cells)
            .sum();
  }

  private static long cells(PackedBatch.Part part) {
    return (long) part.length() * (part.prefixLength() + part.length());
  }

  private static long bytes(Network network, long numbers) {
    return numbers * network.layerBytes();
  }

  /**
   * All of it.
   *
   * @return bytes
   */
  public long total() {
    return kept + workspace;
  }
}
