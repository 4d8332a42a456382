/**
 * The theory, executable: what the losses approximate, computed exactly where the set of
 * completions is small enough to list.
 *
 * <p>The story of the package is the story of the paper (Rafailov et al. 2023, arXiv 2305.18290):
 * preferences come from {@link org.dpo4j.core.theory.BradleyTerry} or {@link
 * org.dpo4j.core.theory.PlackettLuce}; the KL-regularised objective has a {@link
 * org.dpo4j.core.theory.ClosedFormOptimum}; inverting it gives the {@link
 * org.dpo4j.core.theory.ImplicitReward}, which DPO fits. {@link org.dpo4j.core.theory.Divergences}
 * and {@link org.dpo4j.core.theory.KlEstimator} measure how far two policies are apart.
 */
@NullMarked
package org.dpo4j.core.theory;

import org.jspecify.annotations.NullMarked;
