package org.dpo4j.api;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * A prompt and one completion that was judged alone: what KTO and BCO learn from. Immutable.
 *
 * @param id names the example in messages; may be {@code ""}
 * @param prompt plain text or messages; may be empty
 * @param completion the judged completion, not empty
 * @param desirable true for a thumb up
 * @param weight multiplies the example's loss, ≥ 0; 1 by default
 * @param tags objectives or sources the example belongs to
 */
public record UnpairedExample(
    String id,
    Text prompt,
    Text completion,
    boolean desirable,
    double weight,
    ImmutableSet<String> tags) {

  /** Checks the ranges. */
  public UnpairedExample {
    String place = id.isEmpty() ? "" : String.format(Locale.ROOT, "example '%s': ", id);
    Check.that(!completion.isEmpty(), "%scompletion must not be empty", place);
    Check.nonNegative(place + "weight", weight);
  }

  /**
   * An example of weight 1 without a name.
   *
   * @param prompt may be empty
   * @param completion not empty
   * @param desirable true for a thumb up
   * @return the example
   * @throws IllegalArgumentException if the completion is empty
   */
  public static UnpairedExample of(Text prompt, Text completion, boolean desirable) {
    return new UnpairedExample("", prompt, completion, desirable, 1.0, ImmutableSet.of());
  }

  /**
   * This example under a name.
   *
   * @param newId names the example in messages
   * @return the changed example
   */
  public UnpairedExample withId(String newId) {
    return new UnpairedExample(newId, prompt, completion, desirable, weight, tags);
  }
}
