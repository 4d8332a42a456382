/**
 * Tensors in files: the safetensors format, read from files nobody vouches for and written so that
 * a crash leaves no broken file.
 *
 * <p>Only headers are read ahead, in bounded memory, and every rule of the format is checked before
 * any tensor is touched. A tensor is then mapped, or read in chunks. Files that hold Python pickles
 * are never opened.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.safetensors.Checkpoint}; one file is {@link
 * org.dpo4j.torch.internal.safetensors.SafetensorsFile}.
 */
@NullMarked
package org.dpo4j.torch.internal.safetensors;

import org.jspecify.annotations.NullMarked;
