/**
 * Every preference loss with its gradient, in plain Java.
 *
 * <p>Three kinds of file live here. An {@link org.dpo4j.core.loss.Objective} takes a batch of
 * log-probabilities and returns a loss and its gradient with respect to each of them. A {@link
 * org.dpo4j.core.loss.PairLoss} is the common case, a function of one pair, with one file a loss:
 * {@link org.dpo4j.core.loss.Dpo} is the one to read first. Transforms wrap a loss and are one file
 * each too: label noise ({@link org.dpo4j.core.loss.LabelSmoothed}, {@link
 * org.dpo4j.core.loss.Robust}), f-divergences ({@link org.dpo4j.core.loss.UnderDivergence}), scaled
 * margins, token weights, policy weights and sums.
 *
 * <p>Symbols, as in the papers: {@code a = log π_θ(y_w)/π_ref(y_w)}, {@code b} the same for {@code
 * y_l}, {@code z} the argument of σ, {@code ε} a label noise.
 */
@NullMarked
package org.dpo4j.core.loss;

import org.jspecify.annotations.NullMarked;
