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
 * @param context what else belongs to their prompts
 * @param <E> what an example is
 */
record RecordReader<E>(Format format, Shape<E> shape, RecordContext context) {

  /** A record's examples, named by its place; several with a number each. */
  Examples<E> read(DataRecord record) {
    return read(record, new Fields(record.fields()));
  }

  /** The same, after which the fields know which of them were read. */
  Examples<E> read(DataRecord record, Fields fields) {
    List<Examples<E>> parts = new ArrayList<>();
    try {
      List<? extends Judgement> judgements = format.read(fields);
      Media.refuse(fields, "");
      for (Judgement judgement : judgements) {
        parts.add(examples(fields, judgement));
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
        Judgement.Scores part = single(new Fields(record.fields()));
        prompt = part.prompt();
        completions.addAll(part.completions());
        scores.addAll(part.scores());
      }
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
    try {
      return named(shape.of(Judgement.Scores.ratings(prompt, completions, scores)), records.get(0));
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
  }

  /**
   * The prompt of a record that is a part.
   *
   * @throws SkippedException if it makes no judgement
   */
  Text prompt(Fields record) throws SkippedException {
    return single(record).prompt();
  }

  private Judgement.Scores single(Fields record) throws SkippedException {
    Judgement judgement = format.read(record).get(0);
    Media.refuse(record, "");
    return (Judgement.Scores) context.complete(record, judgement);
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

  private Examples<E> examples(Fields record, Judgement judgement) {
    try {
      return shape.of(context.complete(record, judgement));
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
  }
}
