/**
 * Next tokens from logits, and text from tokens, without a tensor: what generation does between two
 * steps of a model.
 *
 * <p>{@link org.dpo4j.torch.internal.generation.TokenChoice} is where to begin reading.
 */
@NullMarked
package org.dpo4j.torch.internal.generation;

import org.jspecify.annotations.NullMarked;
