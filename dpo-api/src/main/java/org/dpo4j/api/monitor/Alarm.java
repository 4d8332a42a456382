package org.dpo4j.api.monitor;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Locale;

/**
 * Something in a run that a person should look at. A run raises each kind once, when it is first
 * seen.
 *
 * @param kind what it is
 * @param step after which step, from 1; 0 for what was seen before the first
 * @param message what was seen, in plain words with its numbers
 * @param advice what to do about it
 * @param numbers what it was raised on, by name
 */
public record Alarm(
    Kind kind, int step, String message, String advice, ImmutableMap<String, Double> numbers) {

  /** What can be seen. */
  public enum Kind {
    /** There are few examples: to be known, and no fault of a run that is small on purpose. */
    FEW_EXAMPLES,
    /** Most of the prompts were cut. */
    DATA_TRUNCATED,
    /** The first loss is not what policy = reference gives. */
    NOT_AT_REFERENCE,
    /** The reference itself prefers what was chosen, so that there is little to learn. */
    ALREADY_SATISFIED,
    /** The chosen completions become less likely. */
    CHOSEN_FALLING,
    /** Every pair is in order by a large margin, and margins go on growing. */
    MARGINS_SATURATED,
    /** Chosen and rejected are told apart no better than by a coin. */
    ACCURACY_AT_CHANCE,
    /** The policy is very far from the reference. */
    REWARDS_EXPLODING,
    /** No pair pulls at the policy any more. */
    GRADIENT_WEIGHT_COLLAPSED,
    /** The loss is where it was at the start. */
    LOSS_NOT_MOVING;

    /**
     * Whether this is information only, and nothing has to be done.
     *
     * @return true for {@link #FEW_EXAMPLES} alone
     */
    public boolean isNote() {
      return this == FEW_EXAMPLES;
    }

    /**
     * The kind as files and documents name it.
     *
     * @return for instance {@code chosen_falling}
     */
    public String id() {
      return Ascii.toLowerCase(name());
    }
  }

  /**
   * A line of {@code alarms.jsonl}.
   *
   * @return an object with {@code kind, step, message, advice, numbers}; a number that is not
   *     finite is text
   */
  public String json() {
    JsonObject values = new JsonObject();
    numbers.forEach(
        (name, value) ->
            values.add(
                name,
                Double.isFinite(value)
                    ? new JsonPrimitive(value)
                    : new JsonPrimitive(String.valueOf(value))));
    JsonObject line = new JsonObject();
    line.addProperty("kind", kind.id());
    line.addProperty("step", step);
    line.addProperty("message", message);
    line.addProperty("advice", advice);
    line.add("numbers", values);
    return line.toString();
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s%s: %s. %s",
        kind.id(),
        step == 0 ? "" : " at step " + step,
        message,
        advice);
  }
}
