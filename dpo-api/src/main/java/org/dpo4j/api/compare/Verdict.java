package org.dpo4j.api.compare;

/** Which of two answers is better. */
public enum Verdict {
  /** The first one. */
  FIRST,
  /** The second one. */
  SECOND,
  /** Neither. */
  TIE,
  /** The judge gave no answer that can be used. */
  NONE;

  /**
   * The same verdict with the answers in the other order.
   *
   * @return the second where this is the first, and the other way round
   */
  public Verdict swapped() {
    return switch (this) {
      case FIRST -> SECOND;
      case SECOND -> FIRST;
      case TIE, NONE -> this;
    };
  }
}
