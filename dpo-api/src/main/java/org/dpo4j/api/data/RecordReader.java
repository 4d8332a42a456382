package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.api.data.records.DataRecord;

/**
 * Makes examples of records: the same ones each time.
 *
 * @param format how the records are read
 * @param shape what is made of them
 * @param <E> what an example is
 */
record RecordReader<E>(Format format, Shape<E> shape) {

  /** A record's examples, named by its place; several with a number each. */
  Examples<E> read(DataRecord record) {
    List<Examples<E>> parts = new ArrayList<>();
    try {
      for (Judgement judgement : format.read(new Fields(record.fields()))) {
        parts.add(examples(judgement));
      }
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
    Examples<E> all = Examples.joined(parts);
    ImmutableList<E> kept = all.kept();
    String place = record.place().shortName();
    return new Examples<>(
        IntStream.range(0, kept.size())
            .mapToObj(
                i -> shape.named(kept.get(i), kept.size() == 1 ? place : place + "#" + (i + 1)))
            .collect(ImmutableList.toImmutableList()),
        all.skipped());
  }

  private Examples<E> examples(Judgement judgement) {
    try {
      return shape.of(judgement);
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
  }
}
