package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.api.data.records.DataRecord;
import org.dpo4j.core.backend.Text;

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
    return named(Examples.joined(parts), record);
  }

  /**
   * The examples of several records that answer one prompt, named by the first one's place.
   *
   * @param records each with one scored completion that {@link #prompt} took
   */
  Examples<E> readTogether(List<DataRecord> records) {
    List<Text> completions = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    Text prompt = Text.of("");
    try {
      for (DataRecord record : records) {
        Judgement.Scores part = single(record);
        prompt = part.prompt();
        completions.addAll(part.completions());
        scores.addAll(part.scores());
      }
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
    return named(examples(Judgement.Scores.ratings(prompt, completions, scores)), records.get(0));
  }

  /**
   * The prompt of a record that is a part.
   *
   * @throws SkippedException if it makes no judgement
   */
  Text prompt(DataRecord record) throws SkippedException {
    return single(record).prompt();
  }

  private Judgement.Scores single(DataRecord record) throws SkippedException {
    return (Judgement.Scores) format.read(new Fields(record.fields())).get(0);
  }

  private Examples<E> named(Examples<E> all, DataRecord first) {
    ImmutableList<E> kept = all.kept();
    String place = first.place().shortName();
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
