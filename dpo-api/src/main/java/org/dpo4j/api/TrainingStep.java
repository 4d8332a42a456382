package org.dpo4j.api;

import org.dpo4j.core.batch.Metrics;

/**
 * One optimizer step, done.
 *
 * @param step from 1
 * @param totalSteps steps the run will take unless it stops early
 * @param metrics {@code loss, grad_norm, learning_rate, epoch, num_tokens, rewards/…, logps/…,
 *     gradient_weight, logratios/…, kl/…}
 */
public record TrainingStep(int step, int totalSteps, Metrics metrics) {}
