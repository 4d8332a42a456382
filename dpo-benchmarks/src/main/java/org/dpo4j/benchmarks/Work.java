package org.dpo4j.benchmarks;

/**
 * What a step had to do.
 *
 * @param pairs it was on
 * @param tokens of them, a prompt counted once a pair
 * @param useful floating-point operations, as {@link Arithmetic} counts them
 * @param recomputed operations done again, not counted as useful
 */
record Work(int pairs, long tokens, double useful, double recomputed) {

  static final Work NONE = new Work(0, 0, 0, 0);

  Work plus(Work other) {
    return new Work(
        pairs + other.pairs,
        tokens + other.tokens,
        useful + other.useful,
        recomputed + other.recomputed);
  }
}
