package org.dpo4j.core.loss;

/**
 * The loss of one pair and its derivatives.
 *
 * @param loss L
 * @param chosen ∂L/∂log π_θ(y_w|x)
 * @param rejected ∂L/∂log π_θ(y_l|x)
 */
public record PairTerm(double loss, double chosen, double rejected) {

  /**
   * This term multiplied.
   *
   * @param factor a constant
   * @return loss and derivatives, each times {@code factor}
   */
  public PairTerm times(double factor) {
    return new PairTerm(factor * loss, factor * chosen, factor * rejected);
  }

  /**
   * The sum of two terms of the same pair.
   *
   * @param other the other term
   * @return losses and derivatives added
   */
  public PairTerm plus(PairTerm other) {
    return new PairTerm(loss + other.loss, chosen + other.chosen, rejected + other.rejected);
  }

  /**
   * This term as computed with the roles of the completions exchanged, told for the pair as it is.
   *
   * @return the same loss, derivatives exchanged
   */
  public PairTerm swapped() {
    return new PairTerm(loss, rejected, chosen);
  }
}
