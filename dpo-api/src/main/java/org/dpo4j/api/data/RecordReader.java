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
 * @param asChats whether texts become chats
 * @param <E> what an example is
 */
record RecordReader<E>(Format format, Shape<E> shape, boolean asChats) {

  /** A record's examples, named by its place; several with a number each. */
  Examples<E> read(DataRecord record) {
    List<Examples<E>> parts = new ArrayList<>();
    try {
      Fields fields = new Fields(record.fields());
      for (Judgement judgement : format.read(fields)) {
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
        Judgement.Scores part = single(record);
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
  Text prompt(DataRecord record) throws SkippedException {
    return single(record).prompt();
  }

  private Judgement.Scores single(DataRecord record) throws SkippedException {
    Fields fields = new Fields(record.fields());
    return (Judgement.Scores) shaped(fields, format.read(fields).get(0));
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

  /** A judgement of texts, or of chats if they are asked for. */
  private Judgement shaped(Fields record, Judgement judgement) throws SkippedException {
    return Chats.withHistory(asChats ? Chats.of(judgement) : judgement, record);
  }

  private Examples<E> examples(Fields record, Judgement judgement) {
    try {
      return shape.of(shaped(record, judgement));
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
  }
}
