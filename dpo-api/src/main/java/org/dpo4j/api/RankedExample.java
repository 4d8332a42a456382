package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * A prompt and its completions from best to worst: what Plackett–Luce DPO learns from. Immutable.
 *
 * @param id names the example in messages; may be {@code ""}
 * @param prompt plain text or messages; may be empty
 * @param completions at least two, best first, none empty
 * @param weight multiplies the example's loss, ≥ 0; 1 by default
 * @param tags objectives or sources the example belongs to
 */
public record RankedExample(
    String id,
    Text prompt,
    ImmutableList<Text> completions,
    double weight,
    ImmutableSet<String> tags) {

  /** Checks the ranges. */
  public RankedExample {
    String place = id.isEmpty() ? "" : String.format(Locale.ROOT, "ranking '%s': ", id);
    Check.that(
        completions.size() >= 2,
        "%scompletions must be at least 2, got %d",
        place,
        completions.size());
    for (int i = 0; i < completions.size(); i++) {
      Check.that(!completions.get(i).isEmpty(), "%scompletion %d must not be empty", place, i);
    }
    Check.nonNegative(place + "weight", weight);
  }

  /**
   * A ranking of weight 1 without a name.
   *
   * @param prompt may be empty
   * @param completions at least two, best first, none empty
   * @return the ranking
   * @throws IllegalArgumentException if there are fewer, or one is empty
   */
  public static RankedExample of(Text prompt, List<Text> completions) {
    return new RankedExample("", prompt, ImmutableList.copyOf(completions), 1.0, ImmutableSet.of());
  }

  /**
   * This ranking under a name.
   *
   * @param newId names the ranking in messages
   * @return the changed ranking
   */
  public RankedExample withId(String newId) {
    return new RankedExample(newId, prompt, completions, weight, tags);
  }
}
