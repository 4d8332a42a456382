package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableSet;

/** What of a network is trained. */
public sealed interface Training {

  /** Nothing: the network only scores. */
  record Nothing() implements Training {}

  /** The adapter on top of the stack. */
  record TopAdapter() implements Training {}

  /**
   * Weights of the model itself.
   *
   * @param names of the checkpoint's tensors
   */
  record ModelWeights(ImmutableSet<String> names) implements Training {}
}
