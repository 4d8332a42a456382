package org.dpo4j.api;

import com.google.common.collect.ImmutableList;

/**
 * A step that was skipped because a number was not finite; see {@link NonFinite}. It changed
 * nothing.
 *
 * @param step from 1
 * @param totalSteps steps the run will take unless it stops early
 * @param quantity what was not finite: {@code policy log-prob}, {@code reference log-prob}, {@code
 *     log-collision}, {@code loss}, {@code gradient} (of the loss with respect to log-probs) or
 *     {@code grad_norm}
 * @param value NaN or an infinity
 * @param exampleIds ids of the examples it came from: for log-probs those of the pair or example
 *     itself, for the loss those of its micro-batch, for {@code grad_norm} those of the step
 */
public record SkippedStep(
    int step, int totalSteps, String quantity, double value, ImmutableList<String> exampleIds) {}
