/**
 * Teach a policy from preferences, or first from examples.
 *
 * <p>Entry points: {@link org.dpo4j.api.PreferenceDataset} holds the pairs, {@link
 * org.dpo4j.api.DpoTrainer} is built, checked and run, and returns a {@link
 * org.dpo4j.api.TrainingReport}. {@link org.dpo4j.api.SftTrainer} does the same with examples to
 * imitate, {@link org.dpo4j.api.KtoTrainer} with completions judged alone, {@link
 * org.dpo4j.api.RankingTrainer} with rankings. {@link org.dpo4j.api.RunDirectory} is where a run is
 * written down, to be resumed. {@link org.dpo4j.api.Losses} names the losses, {@link
 * org.dpo4j.api.Reference} what the policy is held to. The step of training, top to bottom, is
 * {@code TrainingRun}.
 */
@NullMarked
package org.dpo4j.api;

import org.jspecify.annotations.NullMarked;
