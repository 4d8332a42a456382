/**
 * Files that are there whole or not at all, whenever the machine stops: {@link
 * org.dpo4j.torch.internal.files.AtomicFile}.
 */
@NullMarked
package org.dpo4j.torch.internal.files;

import org.jspecify.annotations.NullMarked;
