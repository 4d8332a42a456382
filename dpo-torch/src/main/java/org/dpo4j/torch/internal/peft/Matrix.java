package org.dpo4j.torch.internal.peft;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.TensorShape;

/** A matrix of single-precision numbers that does not change. Equal if equal bit by bit. */
public final class Matrix {

  /** The longest array every JVM can hold. */
  private static final int MAX_NUMBERS = Integer.MAX_VALUE - 8;

  private final int rows;
  private final int columns;
  private final float[] values;

  private Matrix(int rows, int columns, float[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /**
   * A matrix of given numbers.
   *
   * @param rows at least one
   * @param columns at least one
   * @param values row by row; copied
   * @return the matrix
   * @throws IllegalArgumentException if there are not {@code rows · columns} values
   */
  public static Matrix copyOf(int rows, int columns, float[] values) {
    Check.that(
        values.length == (long) rows * columns,
        "values must be %d × %d numbers, got %d",
        rows,
        columns,
        values.length);
    return filled(rows, columns, buffer -> buffer.put(values));
  }

  /**
   * A matrix of zeros.
   *
   * @param rows at least one
   * @param columns at least one
   * @return the matrix
   */
  static Matrix zeros(int rows, int columns) {
    return filled(rows, columns, buffer -> {});
  }

  /** A matrix written once, row by row, into a buffer of zeros. */
  static Matrix filled(int rows, int columns, Consumer<FloatBuffer> fill) {
    Check.atLeastOne("rows", rows);
    Check.atLeastOne("columns", columns);
    Check.that(
        fits(rows, columns),
        "rows × columns must be at most %d, got %d × %d",
        MAX_NUMBERS,
        rows,
        columns);
    float[] values = new float[rows * columns];
    fill.accept(FloatBuffer.wrap(values));
    return new Matrix(rows, columns, values);
  }

  static boolean fits(long rows, long columns) {
    return rows * columns <= MAX_NUMBERS;
  }

  /**
   * The number of rows.
   *
   * @return at least one
   */
  public int rows() {
    return rows;
  }

  /**
   * The number of columns.
   *
   * @return at least one
   */
  public int columns() {
    return columns;
  }

  /**
   * Both.
   *
   * @return {@code [rows, columns]}
   */
  public TensorShape shape() {
    return TensorShape.of(rows, columns);
  }

  /**
   * The numbers, row by row.
   *
   * @return a read-only view from the first to the last, its position the caller's own
   */
  public FloatBuffer values() {
    return FloatBuffer.wrap(values).asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix matrix
        && rows == matrix.rows
        && columns == matrix.columns
        && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + columns) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Matrix" + shape();
  }
}
