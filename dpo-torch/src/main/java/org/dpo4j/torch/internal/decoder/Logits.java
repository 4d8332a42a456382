package org.dpo4j.torch.internal.decoder;

/**
 * What a model says of next tokens, fp32.
 *
 * @param values {@code [rows · vocabulary]}, row by row
 * @param logSums {@code [rows]} log Σ exp of each row
 * @param vocabulary numbers a row
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Logits(float[] values, float[] logSums, int vocabulary) {

  /**
   * The rows.
   *
   * @return how many
   */
  public int rows() {
    return logSums.length;
  }
}
