/**
 * What a decoder is made of, as data: read from a checkpoint's {@code config.json}, one file an
 * architecture, without a tensor in sight.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.architecture.DecoderSpec}.
 */
@NullMarked
package org.dpo4j.torch.internal.architecture;

import org.jspecify.annotations.NullMarked;
