package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import com.google.common.collect.ImmutableList;
import java.util.stream.IntStream;

/**
 * The adapters on a model.
 *
 * @param adapters in the order they were stacked
 */
record AdapterStack(ImmutableList<Adapter> adapters) {

  /** What layers are written for. */
  ImmutableList<LayerAdapter> forms(boolean topIsTrained) {
    return IntStream.range(0, adapters.size())
        .mapToObj(i -> adapters.get(i).form(topIsTrained && i == adapters.size() - 1))
        .collect(ImmutableList.toImmutableList());
  }

  /** The tensor that a key of {@link LayerScript#branches} names. */
  PtNDArray tensor(String key) {
    String[] parts = key.split(":", 3);
    return adapters.get(Integer.parseInt(parts[0])).matrix(parts[1], parts[2]);
  }

  /** Whether the adapter on top drops inputs while it trains. */
  boolean topHasDropout() {
    return adapters.get(adapters.size() - 1).dropout() > 0;
  }
}
