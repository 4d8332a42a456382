package org.dpo4j.api.data;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Two whole texts of which the prompt is what they begin with. It ends at a place both would have
 * chosen, never inside a word, and prompt and completion together are always the text again.
 */
final class Transcripts {

  private static final String HUMAN = "\n\nHuman:";
  private static final String ASSISTANT = "\n\nAssistant:";

  private Transcripts() {}

  /** Whether a text is a transcript as Anthropic's HH has them. */
  static boolean isTranscript(String text) {
    return text.startsWith(HUMAN) && text.contains(ASSISTANT);
  }

  /** Whether a text begins with a turn of such a transcript. */
  static boolean begins(String text) {
    return text.startsWith(HUMAN);
  }

  /**
   * The turns of a transcript, without the white space around them.
   *
   * @param transcript ends with a turn of the human, or with {@code Assistant:} after it
   */
  static ImmutableList<Message> turns(String transcript) throws SkippedException {
    ImmutableList.Builder<Message> turns = ImmutableList.builder();
    int at = 0;
    while (at < transcript.length()) {
      boolean isHuman = transcript.startsWith(HUMAN, at);
      int begin = at + (isHuman ? HUMAN : ASSISTANT).length();
      int human = transcript.indexOf(HUMAN, begin);
      int assistant = transcript.indexOf(ASSISTANT, begin);
      int end = human < 0 ? assistant : assistant < 0 ? human : Math.min(human, assistant);
      at = end < 0 ? transcript.length() : end;
      String said = transcript.substring(begin, at).strip();
      if (isHuman) {
        turns.add(Message.user(said));
      } else if (end >= 0) {
        turns.add(Message.assistant(said));
      } else if (!said.isEmpty()) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, "the prompt ends within a turn of the assistant");
      }
    }
    return turns.build();
  }

  /** Cuts transcripts after the last {@code Assistant:} that both have in common. */
  static Sides sides(String chosen, String rejected) throws SkippedException {
    if (!isTranscript(chosen) || !isTranscript(rejected)) {
      throw SkippedException.malformed(
          "chosen and rejected must be transcripts that begin with '\\n\\nHuman:' and have"
              + " '\\n\\nAssistant:'");
    }
    String common = Strings.commonPrefix(chosen, rejected);
    int marker = common.lastIndexOf(ASSISTANT);
    if (marker < 0) {
      throw SkippedException.malformed("the transcripts do not begin with the same turn");
    }
    Sides sides = cut(chosen, rejected, marker + ASSISTANT.length());
    requireOneTurn("chosen", sides.chosen());
    requireOneTurn("rejected", sides.rejected());
    return sides;
  }

  /** Cuts any two texts before the last white space they have in common, or at their beginning. */
  static Sides words(String chosen, String rejected) {
    int common = Strings.commonPrefix(chosen, rejected).length();
    int cut = Math.min(common, Math.min(chosen.length(), rejected.length()) - 1);
    while (cut > 0 && !(cut < common && Character.isWhitespace(chosen.charAt(cut)))) {
      cut--;
    }
    return cut(chosen, rejected, Math.max(0, cut));
  }

  private static Sides cut(String chosen, String rejected, int at) {
    return new Sides(
        Text.of(chosen.substring(0, at)),
        Text.of(chosen.substring(at)),
        Text.of(rejected.substring(at)));
  }

  private static void requireOneTurn(String name, Text completion) throws SkippedException {
    if (((Text.Plain) completion).text().contains(HUMAN)) {
      throw new SkippedException(
          SkipReason.SEVERAL_TURNS, name + " goes on with turns of the human");
    }
  }
}
