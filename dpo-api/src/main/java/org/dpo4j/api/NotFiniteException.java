package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Evaluation;

/** A number that training needs finite and that isn't. Names the examples it comes from. */
final class NotFiniteException extends ArithmeticException {

  private static final long serialVersionUID = 1L;

  /** What the number is. */
  private final String quantity;

  /** The number. */
  private final double value;

  /** The examples it comes from. */
  private final ImmutableList<String> exampleIds;

  private NotFiniteException(String quantity, double value, String place, List<String> exampleIds) {
    super(
        String.format(Locale.ROOT, "%s must be a finite number, got %s%s", quantity, value, place));
    this.quantity = quantity;
    this.value = value;
    this.exampleIds = ImmutableList.copyOf(exampleIds);
  }

  static double require(String quantity, double value, List<String> exampleIds) {
    if (!Double.isFinite(value)) {
      throw new NotFiniteException(quantity, value, "", exampleIds);
    }
    return value;
  }

  /** Checks a loss and its gradient, which come from the micro-batch as a whole. */
  static void require(Evaluation evaluation, MicroBatch micro) {
    double unused = require("loss", evaluation.loss(), micro.ids());
    require("gradient", evaluation.gradient(), micro);
  }

  /** Checks what policy and reference made of a micro-batch. */
  static void requireScores(MicroBatch micro, TokenScores scores, Optional<TokenValues> reference) {
    require("policy log-prob", scores.logProbs(), micro);
    reference.ifPresent(values -> require("reference log-prob", values, micro));
  }

  /**
   * Checks a micro-batch's values.
   *
   * @param values {@code [completions][tokens]}, the completions of each example in turn
   */
  static void require(String quantity, TokenValues values, MicroBatch micro) {
    Set<String> ids = new LinkedHashSet<>();
    String place = "";
    double found = 0.0;
    int row = 0;
    for (EncodedExample example : micro.examples()) {
      int completions = example.group().completions().size();
      for (int side = 0; side < completions && row < values.rows(); side++, row++) {
        int token = firstIn(values, row);
        if (token < values.length(row)) {
          place = ids.isEmpty() ? place(token, side, completions) : place;
          found = ids.isEmpty() ? values.get(row, token) : found;
          ids.add(example.id());
        }
      }
    }
    if (!ids.isEmpty()) {
      throw new NotFiniteException(quantity, found, place, List.copyOf(ids));
    }
  }

  private static String place(int token, int side, int completions) {
    if (completions > 2) {
      return String.format(
          Locale.ROOT, " at token %d of the completion ranked %d", token, side + 1);
    }
    String which = completions == 1 ? "" : side == 0 ? "chosen " : "rejected ";
    return String.format(Locale.ROOT, " at token %d of the %scompletion", token, which);
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

  ImmutableList<String> exampleIds() {
    return exampleIds;
  }
}
