package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * A decoder-only transformer: embedding, layers, norm, head. All names are those of the
 * checkpoint's tensors and modules.
 *
 * @param modelType {@code model_type} of the configuration
 * @param vocabularySize rows of the embedding, padding included
 * @param width of the hidden states
 * @param maxPositions the longest sequence the model was made for
 * @param embedding tokens to hidden states
 * @param layers at least one
 * @param finalNorm before the head
 * @param head hidden states to logits
 */
public record DecoderSpec(
    String modelType,
    int vocabularySize,
    int width,
    int maxPositions,
    EmbeddingSpec embedding,
    ImmutableList<LayerSpec> layers,
    NormSpec finalNorm,
    HeadSpec head) {

  /**
   * Every tensor the decoder reads, tied ones once.
   *
   * @return shapes by tensor name, in the order of the forward pass
   */
  public ImmutableMap<String, TensorShape> weights() {
    ImmutableMap.Builder<String, TensorShape> weights = ImmutableMap.builder();
    weights.put(embedding.tokens(), TensorShape.of(vocabularySize, width));
    embedding.positions().ifPresent(name -> weights.put(name, TensorShape.of(maxPositions, width)));
    layers.forEach(layer -> weights.putAll(layer.weights()));
    weights.putAll(finalNorm.weights());
    if (!head.tied()) {
      weights.put(head.weight(), TensorShape.of(vocabularySize, width));
    }
    head.bias().ifPresent(name -> weights.put(name, TensorShape.of(vocabularySize)));
    return weights.buildOrThrow();
  }

  /**
   * The same decoder with a head of its own, whatever the configuration says of tying.
   *
   * @return the changed decoder
   */
  public DecoderSpec untied() {
    return new DecoderSpec(
        modelType,
        vocabularySize,
        width,
        maxPositions,
        embedding,
        layers,
        finalNorm,
        head.untied());
  }

  /**
   * The linear modules of all layers: what adapters attach to.
   *
   * @return in the order of the forward pass
   */
  public ImmutableList<LinearSpec> linears() {
    return layers.stream()
        .flatMap(layer -> layer.linears().stream())
        .collect(ImmutableList.toImmutableList());
  }
}
