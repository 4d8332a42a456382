/**
 * What a trained policy is good for beside its text: the reward it carries inside it. {@link
 * org.dpo4j.api.reward.ImplicitRewardModel} scores, explains and ranks completions by a policy and
 * its reference; {@link org.dpo4j.api.reward.BestOfN} answers with the best of several.
 */
@NullMarked
package org.dpo4j.api.reward;

import org.jspecify.annotations.NullMarked;
