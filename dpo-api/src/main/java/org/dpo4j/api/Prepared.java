package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The examples of a run that fit the model.
 *
 * @param examples at least one
 * @param data what they are, to be reported
 */
record Prepared(Examples examples, TrainingData data) {

  private static final Logger LOG = LoggerFactory.getLogger(Prepared.class);
  private static final int SHOWN = 3;

  /**
   * Leaves out what does not fit, or refuses it, as the settings say.
   *
   * @param what the data is called in messages
   * @throws IllegalArgumentException if an example does not fit and that is to stop the run, or
   *     none fits
   */
  static Prepared of(
      String what, Examples examples, TrainingSettings settings, Tokenizer tokenizer) {
    Task task = settings.task();
    // A tokenizer without settings cuts no prompt early, so that there is nothing to count.
    if (settings.unfit() == Unfit.STOP
        && settings.maxLength() == BatchLimits.ANY_NUMBER
        && tokenizer.settings().isEmpty()) {
      return new Prepared(
          task.prepared(what, examples, settings.maxLength()),
          new TrainingData(
              task.noun(), examples.size(), 0, ImmutableList.of(), examples.sources()));
    }
    Sorting sorting = new Sorting(task.noun(), settings.unfit(), settings.maxLength());
    int number = 0;
    for (Examples.Example example : examples.all()) {
      sorting.add(number++, example, tokenizer);
    }
    sorting.requireFitting(examples.size());
    ImmutableIntArray kept = sorting.kept.build();
    Check.that(
        !kept.isEmpty(),
        "%s: none of %d %ss fits the model: %s",
        what,
        examples.size(),
        task.noun(),
        sorting.skipped().stream().map(Object::toString).collect(Collectors.joining("; ")));
    TrainingData data =
        new TrainingData(
            task.noun(),
            kept.length(),
            sorting.truncated,
            sorting.cutEarly,
            sorting.skipped(),
            examples.sources());
    if (sorting.truncated > 0 || sorting.cutEarly > 0 || !data.skipped().isEmpty()) {
      LOG.warn("{}: {}", what, data.withoutSources());
    }
    Examples fitting =
        examples.select(kept).map(encoded -> encoded.truncatedTo(settings.maxLength()));
    return new Prepared(task.prepared(what, fitting, settings.maxLength()), data);
  }

  /** Goes through examples once, and tells those that fit from those that don't. */
  private static final class Sorting {

    private final String noun;
    private final Unfit rule;
    private final int maxLength;
    private final ImmutableIntArray.Builder kept = ImmutableIntArray.builder();
    private final Map<SkipReason, Integer> counts = new EnumMap<>(SkipReason.class);
    private final Map<SkipReason, List<String>> first = new EnumMap<>(SkipReason.class);
    private int truncated;
    private int cutEarly;

    Sorting(String noun, Unfit rule, int maxLength) {
      this.noun = noun;
      this.rule = rule;
      this.maxLength = maxLength;
    }

    void add(int number, Examples.Example example, Tokenizer tokenizer) {
      EncodedExample encoded;
      try {
        encoded = example.encode(tokenizer);
      } catch (IllegalArgumentException e) {
        if (rule == Unfit.STOP) {
          throw new RefusedException(String.valueOf(e.getMessage()), Remedy.LEAVE_OUT);
        }
        skip(SkipReason.NOT_TOKENIZABLE, String.valueOf(e.getMessage()));
        return;
      }
      int length = encoded.length();
      boolean canBeCut = rule == Unfit.TRUNCATE_PROMPT && encoded.leastLength() <= maxLength;
      if (length > maxLength && !canBeCut) {
        skip(
            SkipReason.TOO_LONG,
            String.format(
                Locale.ROOT,
                "%s '%s' has %d tokens, %d of them its prompt's",
                noun,
                example.id(),
                length,
                length - encoded.completionLength()));
        return;
      }
      truncated += length > maxLength ? 1 : 0;
      cutEarly += encoded.cutEarly() ? 1 : 0;
      kept.add(number);
    }

    private void skip(SkipReason reason, String detail) {
      List<String> shown = first.computeIfAbsent(reason, unused -> new ArrayList<>());
      if (shown.size() < SHOWN) {
        shown.add(detail);
      }
      counts.merge(reason, 1, Integer::sum);
    }

    void requireFitting(int all) {
      List<String> tooLong = first.getOrDefault(SkipReason.TOO_LONG, List.of());
      if (rule == Unfit.STOP && !tooLong.isEmpty()) {
        throw new RefusedException(
            String.format(
                Locale.ROOT,
                "%s, more than the longest that is taken, %d, as have %d of %d %ss",
                tooLong.get(0),
                maxLength,
                counts.getOrDefault(SkipReason.TOO_LONG, 0),
                all,
                noun),
            Remedy.RAISE_LENGTH);
      }
    }

    ImmutableList<DataSummary.Skipped> skipped() {
      return counts.entrySet().stream()
          .map(
              count ->
                  new DataSummary.Skipped(
                      count.getKey(),
                      count.getValue(),
                      ImmutableList.copyOf(first.getOrDefault(count.getKey(), List.of()))))
          .collect(ImmutableList.toImmutableList());
    }
  }
}
