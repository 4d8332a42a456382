/**
 * The ports: what a backend implements, and all that the training loop knows of it.
 *
 * <p>A {@link org.dpo4j.core.backend.Policy} turns text into tokens, scores them ({@link
 * org.dpo4j.core.backend.TokenScorer}), keeps what it needs to push a gradient back ({@link
 * org.dpo4j.core.backend.ForwardPass}) and makes an {@link org.dpo4j.core.backend.Optimizer} for
 * its parameters. A reference is nothing but a scorer. The toy in {@code org.dpo4j.core.tabular}
 * implements them in plain Java; so does libtorch, in a module of its own.
 */
@NullMarked
package org.dpo4j.core.backend;

import org.jspecify.annotations.NullMarked;
