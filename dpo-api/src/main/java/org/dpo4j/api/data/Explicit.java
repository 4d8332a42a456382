package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * {@code prompt}, {@code chosen}, {@code rejected}, each a text or messages, as TRL has them; pairs
 * of UltraFeedback with {@code score_chosen} and {@code score_rejected} are such.
 */
record Explicit() implements Format {

  @Override
  public String title() {
    return "pairs (prompt, chosen, rejected)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.has("prompt") && canBePair(record);
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    return pair(record, Texts.of(record.get("prompt"), "prompt"));
  }

  /** Whether {@code chosen} and {@code rejected} are texts or messages. */
  static boolean canBePair(Fields record) {
    try {
      return record.has("chosen", "rejected")
          && Texts.canBe(record.get("chosen"))
          && Texts.canBe(record.get("rejected"));
    } catch (SkippedException e) {
      return false;
    }
  }

  /** The pair under a prompt from elsewhere. */
  static List<Judgement> pair(Fields record, Text prompt) throws SkippedException {
    Judgement.Strength strength = Extras.known(record);
    Text chosen = Texts.of(record.get("chosen"), "chosen");
    Text rejected = Texts.of(record.get("rejected"), "rejected");
    Sides sides = Sides.of(prompt, chosen, rejected);
    return List.of(
        new Judgement.Preference(sides.prompt(), sides.chosen(), sides.rejected(), strength));
  }
}
