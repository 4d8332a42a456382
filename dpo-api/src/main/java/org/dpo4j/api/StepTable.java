package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Doubles;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.dpo4j.core.batch.Metrics;

/**
 * Steps, of which only the numbers are kept: some 200 bytes each, where the objects have over a
 * thousand. Each is made anew when asked for.
 */
final class StepTable extends AbstractList<TrainingStep> implements RandomAccess {

  /** What steps have in common. */
  private record Head(ImmutableList<String> names, int totalSteps) {}

  /** No record, whose components must be no arrays; what wraps one is 24 bytes more a step. */
  private static final class Row {
    private final Head head;
    private final int step;
    private final double[] values;

    Row(Head head, int step, double[] values) {
      this.head = head;
      this.step = step;
      this.values = values;
    }
  }

  private final List<Row> rows = new ArrayList<>();

  /** Few, since a run measures the same in nearly all of its steps. */
  private final List<Head> heads = new ArrayList<>();

  void append(TrainingStep done) {
    ImmutableMap<String, Double> metrics = done.metrics().asMap();
    double[] values = Doubles.toArray(metrics.values());
    rows.add(new Row(head(metrics, done.totalSteps()), done.step(), values));
  }

  private Head head(Map<String, Double> metrics, int totalSteps) {
    Head head = new Head(ImmutableList.copyOf(metrics.keySet()), totalSteps);
    int known = heads.indexOf(head);
    if (known >= 0) {
      return heads.get(known);
    }
    heads.add(head);
    return head;
  }

  @Override
  public TrainingStep get(int index) {
    Row row = rows.get(index);
    ImmutableMap.Builder<String, Double> metrics = ImmutableMap.builder();
    for (int i = 0; i < row.values.length; i++) {
      metrics.put(row.head.names.get(i), row.values[i]);
    }
    return new TrainingStep(row.step, row.head.totalSteps, Metrics.of(metrics.buildOrThrow()));
  }

  /** The number of the last step; 0 if there is none. */
  int lastStep() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).step;
  }

  @Override
  public int size() {
    return rows.size();
  }
}
