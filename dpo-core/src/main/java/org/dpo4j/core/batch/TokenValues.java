package org.dpo4j.core.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.dpo4j.core.math.Check;

/**
 * One value per completion token: a ragged array {@code [completions][tokens]}, immutable.
 *
 * <p>Holds log-probabilities, gradients with respect to them, and statistics. Prompt tokens have no
 * entry.
 */
public final class TokenValues {

  /** Computes the value at one place. */
  @FunctionalInterface
  public interface Entry {
    /**
     * The value of one token.
     *
     * @param row the completion, from 0
     * @param token the token in it, from 0
     * @return the value
     */
    double at(int row, int token);
  }

  private final double[] values;
  private final int[] starts;

  private TokenValues(double[] values, int[] starts) {
    this.values = values;
    this.starts = starts;
  }

  /**
   * Values given row by row.
   *
   * @param rows {@code [completions][tokens]}
   * @return the values, copied
   */
  public static TokenValues of(double[]... rows) {
    int[] lengths = Arrays.stream(rows).mapToInt(row -> row.length).toArray();
    return generate(lengths, (row, token) -> rows[row][token]);
  }

  /**
   * Values given row by row.
   *
   * @param rows {@code [completions][tokens]}
   * @return the values, copied
   */
  public static TokenValues of(List<double[]> rows) {
    return of(rows.toArray(double[][]::new));
  }

  /**
   * Values computed place by place.
   *
   * @param lengths tokens of each completion
   * @param entry gives the value at (completion, token)
   * @return the values
   */
  public static TokenValues generate(int[] lengths, Entry entry) {
    int[] starts = new int[lengths.length + 1];
    for (int row = 0; row < lengths.length; row++) {
      starts[row + 1] = Math.addExact(starts[row], lengths[row]);
    }
    double[] values = new double[starts[lengths.length]];
    for (int row = 0; row < lengths.length; row++) {
      for (int at = starts[row]; at < starts[row + 1]; at++) {
        values[at] = entry.at(row, at - starts[row]);
      }
    }
    return new TokenValues(values, starts);
  }

  /**
   * Values of the same shape as these, computed place by place.
   *
   * @param entry gives the value at (completion, token)
   * @return new values of this shape
   */
  public TokenValues map(Entry entry) {
    double[] mapped = new double[values.length];
    for (int row = 0; row < rows(); row++) {
      for (int at = starts[row]; at < starts[row + 1]; at++) {
        mapped[at] = entry.at(row, at - starts[row]);
      }
    }
    return new TokenValues(mapped, starts);
  }

  /**
   * How many completions there are.
   *
   * @return the number of rows
   */
  public int rows() {
    return starts.length - 1;
  }

  /**
   * How many tokens all completions have together.
   *
   * @return the number of values
   */
  public int tokens() {
    return values.length;
  }

  /**
   * How many tokens a completion has.
   *
   * @param row the completion, from 0
   * @return its tokens
   */
  public int length(int row) {
    return starts[row + 1] - starts[row];
  }

  /**
   * One value.
   *
   * @param row the completion, from 0
   * @param token the token in it, from 0
   * @return the value
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public double get(int row, int token) {
    if (token < 0 || token >= length(row)) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT, "completion %d has %d tokens, got token %d", row, length(row), token));
    }
    return values[starts[row] + token];
  }

  /**
   * The sum over a completion's tokens.
   *
   * @param row the completion, from 0
   * @return the sum
   */
  public double sum(int row) {
    double sum = 0.0;
    for (int at = starts[row]; at < starts[row + 1]; at++) {
      sum += values[at];
    }
    return sum;
  }

  /**
   * A completion's values.
   *
   * @param row the completion, from 0
   * @return {@code [tokens]}, a copy
   */
  public double[] row(int row) {
    return Arrays.copyOfRange(values, starts[row], starts[row + 1]);
  }

  /**
   * Some of the completions, in the order asked for.
   *
   * @param rows the completions wanted
   * @return their values
   */
  public TokenValues select(int... rows) {
    return of(Arrays.stream(rows).mapToObj(this::row).toArray(double[][]::new));
  }

  /**
   * Whether both have the same completions and lengths.
   *
   * @param other the values to compare with
   * @return true if every row is as long here as there
   */
  public boolean sameShape(TokenValues other) {
    return Arrays.equals(starts, other.starts);
  }

  /** Refuses values of another shape, naming the first completion that differs. */
  void requireSameShape(String name, TokenValues other, String otherName) {
    Check.that(
        rows() == other.rows(),
        "%s has %d completions, %s has %d: they must be equal",
        name,
        rows(),
        otherName,
        other.rows());
    for (int row = 0; row < rows(); row++) {
      Check.that(
          length(row) == other.length(row),
          "%s has %d tokens in completion %d, %s has %d: they must be equal",
          name,
          length(row),
          row,
          otherName,
          other.length(row));
    }
  }

  /** Refuses empty completions and values that can't be log-probabilities. */
  TokenValues requireLogProbs(String name) {
    for (int row = 0; row < rows(); row++) {
      Check.that(
          length(row) > 0,
          "%s: completion %d is empty; it must have at least one token",
          name,
          row);
      for (int token = 0; token < length(row); token++) {
        double value = get(row, token);
        Check.that(
            value <= 0 && Double.isFinite(value),
            "%s must be a finite number ≤ 0, got %s at completion %d, token %d",
            name,
            value,
            row,
            token);
      }
    }
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenValues that
        && Arrays.equals(values, that.values)
        && Arrays.equals(starts, that.starts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(starts);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TokenValues[");
    for (int row = 0; row < rows(); row++) {
      text.append(row == 0 ? "" : ", ").append(Arrays.toString(row(row)));
    }
    return text.append(']').toString();
  }
}
