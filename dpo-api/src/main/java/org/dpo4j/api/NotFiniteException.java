package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.TreeSet;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Evaluation;

/** A number that training needs finite and that isn't. Names the pairs it comes from. */
final class NotFiniteException extends ArithmeticException {

  private static final long serialVersionUID = 1L;

  /** What the number is. */
  private final String quantity;

  /** The number. */
  private final double value;

  /** The pairs it comes from. */
  private final ImmutableList<String> pairIds;

  private NotFiniteException(String quantity, double value, String place, List<String> pairIds) {
    super(String.format("%s must be a finite number, got %s%s", quantity, value, place));
    this.quantity = quantity;
    this.value = value;
    this.pairIds = ImmutableList.copyOf(pairIds);
  }

  static double require(String quantity, double value, List<String> pairIds) {
    if (!Double.isFinite(value)) {
      throw new NotFiniteException(quantity, value, "", pairIds);
    }
    return value;
  }

  /** Checks a loss and its gradient, which come from the micro-batch as a whole. */
  static void require(Evaluation evaluation, MicroBatch micro) {
    double unused = require("loss", evaluation.loss(), micro.ids());
    require("gradient", evaluation.gradient(), micro);
  }

  /**
   * Checks a micro-batch's values.
   *
   * @param values {@code [2 · pairs][tokens]}, chosen and rejected rows in turn
   */
  static void require(String quantity, TokenValues values, MicroBatch micro) {
    TreeSet<Integer> rows = new TreeSet<>();
    for (int row = 0; row < Math.min(values.rows(), 2 * micro.pairs().size()); row++) {
      if (firstIn(values, row) < values.length(row)) {
        rows.add(row);
      }
    }
    if (!rows.isEmpty()) {
      int row = rows.first();
      int token = firstIn(values, row);
      String place =
          String.format(
              " at token %d of the %s completion", token, row % 2 == 0 ? "chosen" : "rejected");
      throw new NotFiniteException(
          quantity,
          values.get(row, token),
          place,
          rows.stream().map(at -> micro.pairs().get(at / 2).id()).distinct().toList());
    }
  }

  /** The first token of a row whose value isn't finite; the row's length if all are. */
  private static int firstIn(TokenValues values, int row) {
    int token = 0;
    while (token < values.length(row) && Double.isFinite(values.get(row, token))) {
      token++;
    }
    return token;
  }

  String quantity() {
    return quantity;
  }

  double value() {
    return value;
  }

  ImmutableList<String> pairIds() {
    return pairIds;
  }
}
