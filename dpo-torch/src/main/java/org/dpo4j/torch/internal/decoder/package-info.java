/**
 * A decoder that runs: packed batches, layers forward and backward, the head, adapters and
 * optimizers, over libtorch.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.decoder.Network}. The arithmetic is in {@code
 * layers.py} and the files beside it, each kernel under its formula; {@link
 * org.dpo4j.torch.internal.decoder.LayerScript} puts a layer together from them. Autograd is not
 * used: every kernel has its backward.
 */
@NullMarked
package org.dpo4j.torch.internal.decoder;

import org.jspecify.annotations.NullMarked;
