/**
 * Files that are there whole or not at all, whenever the machine stops: {@link
 * org.dpo4j.torch.internal.files.AtomicFile}; and which of a model's directory are read: {@link
 * org.dpo4j.torch.internal.files.ModelFile}.
 */
@NullMarked
package org.dpo4j.torch.internal.files;

import org.jspecify.annotations.NullMarked;
