package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.Locale;

/**
 * What a run learnt from, or was evaluated on.
 *
 * @param noun what an example is called, for instance {@code pair}
 * @param examples how many there were, without those left out
 * @param truncated of how many the prompt was cut
 * @param cutEarly of how many the prompt ends before its own last token, at the common prefix of
 *     what it is alone and with its completions
 * @param skipped what was left out because it does not fit the model, one element a reason
 * @param sources what is known of the files that the data was read from; none if it was made in
 *     memory
 */
public record TrainingData(
    String noun,
    int examples,
    int truncated,
    int cutEarly,
    ImmutableList<DataSummary.Skipped> skipped,
    ImmutableList<DataSummary> sources) {

  /**
   * Data none of whose prompts was cut early.
   *
   * @param noun as above
   * @param examples as above
   * @param truncated as above
   * @param skipped as above
   * @param sources as above
   */
  public TrainingData(
      String noun,
      int examples,
      int truncated,
      ImmutableList<DataSummary.Skipped> skipped,
      ImmutableList<DataSummary> sources) {
    this(noun, examples, truncated, 0, skipped, sources);
  }

  /** Whether there is more to say than the number of examples. */
  boolean isNotable() {
    return truncated > 0 || cutEarly > 0 || !skipped.isEmpty() || !sources.isEmpty();
  }

  /** A few lines for a person. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(withoutSources());
    sources.forEach(source -> text.append(String.format(Locale.ROOT, "%n  from %s", source)));
    return text.toString();
  }

  /** What became of the examples, where it was said before what they were made of. */
  String withoutSources() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%d %ss", examples, noun));
    if (truncated > 0) {
      text.append(String.format(Locale.ROOT, "; %d with a truncated prompt", truncated));
    }
    if (cutEarly > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "; %d with a prompt cut where its completions leave its tokens as they are",
              cutEarly));
    }
    for (DataSummary.Skipped skip : skipped) {
      text.append(String.format(Locale.ROOT, "%n  skipped, %s: %d", skip.reason(), skip.count()));
      skip.first().forEach(place -> text.append(String.format(Locale.ROOT, "%n    %s", place)));
    }
    return text.toString();
  }
}
