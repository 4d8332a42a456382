package org.dpo4j.core.tabular;

import com.google.common.primitives.ImmutableIntArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Logits per context: {@code [context][vocabulary]}, zero where never written. */
final class LogitTable {

  private final int vocabularySize;
  private final Map<ImmutableIntArray, double[]> rows;

  LogitTable(int vocabularySize) {
    this(vocabularySize, new LinkedHashMap<>());
  }

  LogitTable(int vocabularySize, Map<ImmutableIntArray, double[]> rows) {
    this.vocabularySize = vocabularySize;
    this.rows = rows;
  }

  int vocabularySize() {
    return vocabularySize;
  }

  /** The row to read, or null where all logits are zero. */
  double @Nullable [] find(ImmutableIntArray context) {
    return rows.get(context);
  }

  /** The row to write, made if there is none. */
  double[] row(ImmutableIntArray context) {
    return rows.computeIfAbsent(context.trimmed(), unused -> new double[vocabularySize]);
  }

  /**
   * All rows ever written, in the order they were first written, so that sums over them are
   * reproducible.
   */
  Map<ImmutableIntArray, double[]> rows() {
    return rows;
  }

  /** The logits of a context, those of a base below included. */
  double[] logits(Optional<LogitTable> base, ImmutableIntArray context) {
    double[] logits = new double[vocabularySize];
    base.ifPresent(below -> add(logits, below.find(context)));
    add(logits, find(context));
    return logits;
  }

  static void add(double[] sum, double @Nullable [] other) {
    if (other != null) {
      for (int v = 0; v < sum.length; v++) {
        sum[v] += other[v];
      }
    }
  }

  LogitTable copy() {
    Map<ImmutableIntArray, double[]> copies = new LinkedHashMap<>();
    rows.forEach((context, logits) -> copies.put(context, logits.clone()));
    return new LogitTable(vocabularySize, copies);
  }

  /** θ ← α θ_other + (1 − α) θ. */
  void moveTowards(LogitTable other, double alpha) {
    other.rows.keySet().forEach(this::row);
    rows.forEach(
        (context, logits) -> {
          double[] target = other.find(context);
          for (int v = 0; v < logits.length; v++) {
            logits[v] = alpha * (target == null ? 0.0 : target[v]) + (1.0 - alpha) * logits[v];
          }
        });
  }

  /** Takes over another table's rows, which that one gives up. */
  void replaceBy(LogitTable other) {
    rows.clear();
    rows.putAll(other.rows);
  }

  void clear() {
    rows.clear();
  }
}
