package org.dpo4j.torch.internal.decoder;

/**
 * What the head says of a batch's targets.
 *
 * @param logProbs {@code [targets]}
 * @param entropies {@code [targets]}, or empty
 * @param logCollisions {@code [targets]} log Σ p², or empty
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Scores(float[] logProbs, float[] entropies, float[] logCollisions) {}
