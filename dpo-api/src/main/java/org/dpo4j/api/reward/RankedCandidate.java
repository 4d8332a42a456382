package org.dpo4j.api.reward;

/**
 * A candidate with its reward.
 *
 * @param index its place among the candidates as they were drawn or given
 * @param text the candidate
 * @param tokens how many tokens it has; 0 if they are not known
 * @param reward what it was ranked by
 */
public record RankedCandidate(int index, String text, int tokens, double reward) {}
