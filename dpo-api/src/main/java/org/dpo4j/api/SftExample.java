package org.dpo4j.api;

import java.util.List;
import java.util.Locale;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * A prompt and a completion to imitate. Immutable; each {@code with…} returns a changed copy.
 *
 * @param id names the example in messages; {@code ""} until given, or set by the trainer to the
 *     example's number
 * @param prompt plain text or messages; may be empty
 * @param completion what to learn to write, not empty
 * @param weight multiplies the loss of each of the example's tokens, ≥ 0; 1 by default
 */
public record SftExample(String id, Text prompt, Text completion, double weight) {

  /** Checks the ranges. */
  public SftExample {
    String place = id.isEmpty() ? "" : String.format(Locale.ROOT, "example '%s': ", id);
    Check.that(!completion.isEmpty(), "%scompletion must not be empty", place);
    Check.nonNegative(place + "weight", weight);
  }

  /**
   * An example of plain texts.
   *
   * @param prompt taken as it is; may be empty
   * @param completion its continuation, white space included
   * @return the example
   * @throws IllegalArgumentException if the completion is empty
   */
  public static SftExample of(String prompt, String completion) {
    return new SftExample("", Text.of(prompt), Text.of(completion), 1.0);
  }

  /**
   * An example of chats, rendered by the model's chat template.
   *
   * @param prompt the conversation so far, at least one message
   * @param completion its continuation
   * @return the example
   * @throws IllegalArgumentException if there is nothing in one of them
   */
  public static SftExample of(List<Message> prompt, List<Message> completion) {
    return new SftExample("", Text.of(prompt), Text.of(completion), 1.0);
  }

  /**
   * What a pair prefers, to be imitated: its prompt, chosen completion, id and weight.
   *
   * @param pair the pair
   * @return the example
   */
  public static SftExample chosenOf(PreferencePair pair) {
    return new SftExample(pair.id(), pair.prompt(), pair.chosen(), pair.weight());
  }

  /**
   * What pairs prefer, to be imitated: the SFT that should come before DPO.
   *
   * @param pairs the pairs
   * @return a view: an example is made when it is read
   */
  public static List<SftExample> chosenOf(PreferenceDataset pairs) {
    return pairs.asDataset().map(SftExample::chosenOf).asList();
  }

  /**
   * This example under a name.
   *
   * @param newId names the example in messages
   * @return the changed example
   */
  public SftExample withId(String newId) {
    return new SftExample(newId, prompt, completion, weight);
  }

  /**
   * This example with a weight.
   *
   * @param newWeight multiplies the loss of each of the example's tokens, ≥ 0
   * @return the changed example
   */
  public SftExample withWeight(double newWeight) {
    return new SftExample(id, prompt, completion, newWeight);
  }
}
