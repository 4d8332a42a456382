package org.dpo4j.api.reward;

/**
 * What a part of a completion adds to its reward.
 *
 * @param text the part's; empty for a special token, and for a token that is only part of a
 *     character, which is shown with the one that completes it
 * @param tokens how many it is of, ≥ 1
 * @param reward β · the sum of their log-ratios, in nats
 */
public record Contribution(String text, int tokens, double reward) {}
