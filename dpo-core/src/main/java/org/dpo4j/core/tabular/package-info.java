/**
 * A language model small enough to read: a softmax per context over a small vocabulary, with its
 * gradients and optimizers in plain Java.
 *
 * <p>{@link org.dpo4j.core.tabular.TabularPolicy} implements the same ports as a transformer does.
 * Use it in unit tests (no natives, milliseconds) and to see a method at work where everything can
 * be computed exactly.
 */
@NullMarked
package org.dpo4j.core.tabular;

import org.jspecify.annotations.NullMarked;
