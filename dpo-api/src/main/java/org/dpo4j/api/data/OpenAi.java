package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * OpenAI's preference format, which Together and Fireworks take too: {@code input.messages}, {@code
 * preferred_output}, {@code non_preferred_output}.
 */
record OpenAi() implements Format {

  @Override
  public String title() {
    return "OpenAI preference (input.messages, preferred_output, non_preferred_output)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.has("input.messages", "preferred_output", "non_preferred_output");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Sides sides =
        Sides.of(
            Text.of(Texts.messages(record.get("input.messages"), "input.messages")),
            Texts.of(record.get("preferred_output"), "preferred_output"),
            Texts.of(record.get("non_preferred_output"), "non_preferred_output"));
    return List.of(
        new Judgement.Preference(
            sides.prompt(), sides.chosen(), sides.rejected(), Judgement.Strength.UNKNOWN));
  }
}
