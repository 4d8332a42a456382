package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * {@code chosen} and {@code rejected} that both begin with the prompt: chats, or the transcripts of
 * Anthropic's HH. Two texts without turns are not taken for such, since where the prompt ends would
 * be a guess.
 */
record Implicit() implements Format {

  @Override
  public String title() {
    return "whole conversations (chosen, rejected)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    try {
      return !record.has("prompt")
          && Explicit.canBePair(record)
          && isConversation(Texts.of(record.get("chosen"), "chosen"))
          && isConversation(Texts.of(record.get("rejected"), "rejected"));
    } catch (SkippedException e) {
      return false;
    }
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Judgement.Strength strength = Extras.known(record);
    Sides sides =
        Sides.of(
            Texts.of(record.get("chosen"), "chosen"), Texts.of(record.get("rejected"), "rejected"));
    return List.of(
        new Judgement.Preference(sides.prompt(), sides.chosen(), sides.rejected(), strength));
  }

  private static boolean isConversation(Text text) {
    return text instanceof Text.Chat
        || (text instanceof Text.Plain plain && Transcripts.isTranscript(plain.text()));
  }
}
