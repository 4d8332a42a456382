/**
 * The libtorch backend: everything in dpo4j that touches a tensor is here, reached through DJL.
 *
 * <p>{@link org.dpo4j.torch.LibTorch} starts the native library and is where to begin reading.
 */
@NullMarked
package org.dpo4j.torch;

import org.jspecify.annotations.NullMarked;
