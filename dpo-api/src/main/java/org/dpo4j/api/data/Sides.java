package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * A prompt and two completions, told apart.
 *
 * @param prompt may be empty
 * @param chosen without the prompt
 * @param rejected without the prompt
 */
record Sides(Text prompt, Text chosen, Text rejected) {

  /**
   * From a prompt and two completions. Plain texts stay as they are. If one of the three is a chat,
   * all become chats; messages that both completions begin with belong to the prompt.
   */
  static Sides of(Text prompt, Text chosen, Text rejected) throws SkippedException {
    return isPlain(prompt) && isPlain(chosen) && isPlain(rejected)
        ? plain(prompt, chosen, rejected)
        : chat(
                messages(prompt, "user"),
                messages(chosen, "assistant"),
                messages(rejected, "assistant"))
            .withPromptOf(prompt);
  }

  /** From two completions that begin with the prompt: chats, or transcripts as of HH. */
  static Sides of(Text chosen, Text rejected) throws SkippedException {
    return chosen instanceof Text.Plain first && rejected instanceof Text.Plain second
        ? Transcripts.sides(first.text(), second.text())
        : chat(ImmutableList.of(), messages(chosen, "assistant"), messages(rejected, "assistant"));
  }

  /** A text as a message of a role; a chat as it is. */
  static Text chat(Text text, String role) {
    return text instanceof Text.Chat ? text : Text.of(messages(text, role));
  }

  /** What a prompt's chat is told beside its messages. */
  private Sides withPromptOf(Text given) {
    return given instanceof Text.Chat from && prompt instanceof Text.Chat to
        ? new Sides(from.withMessages(to.messages()), chosen, rejected)
        : this;
  }

  private static Sides plain(Text prompt, Text chosen, Text rejected) throws SkippedException {
    String start = ((Text.Plain) prompt).text();
    String first = ((Text.Plain) chosen).text();
    String second = ((Text.Plain) rejected).text();
    boolean areTranscripts =
        Transcripts.isTranscript(start) && first.startsWith(start) && second.startsWith(start);
    return areTranscripts
        ? new Sides(
            prompt,
            Text.of(first.substring(start.length())),
            Text.of(second.substring(start.length())))
        : new Sides(prompt, chosen, rejected);
  }

  private static Sides chat(List<Message> given, List<Message> chosen, List<Message> rejected)
      throws SkippedException {
    int shared = shared(chosen, rejected);
    List<Message> prompt =
        prompt(TurnWeights.without(given), TurnWeights.without(chosen.subList(0, shared)));
    if (prompt.isEmpty()) {
      throw SkippedException.malformed(
          "chosen and rejected begin with different messages, so there is no prompt");
    }
    return new Sides(
        Text.of(prompt),
        completion("chosen", chosen.subList(shared, chosen.size())),
        completion("rejected", rejected.subList(shared, rejected.size())));
  }

  /** How many messages both begin with; one at least is left to each. */
  private static int shared(List<Message> chosen, List<Message> rejected) {
    int most = Math.min(chosen.size(), rejected.size()) - 1;
    int shared = 0;
    while (shared < most
        && TurnWeights.without(chosen.get(shared))
            .equals(TurnWeights.without(rejected.get(shared)))) {
      shared++;
    }
    return shared;
  }

  /** The prompt, from its own field and from what the completions begin with. */
  private static List<Message> prompt(List<Message> given, List<Message> shared)
      throws SkippedException {
    if (shared.size() >= given.size()
        && (shared.subList(0, given.size()).equals(given)
            || shared.subList(shared.size() - given.size(), shared.size()).equals(given))) {
      return shared;
    }
    if (shared.stream().noneMatch(message -> message.role().equals("user"))) {
      return ImmutableList.<Message>builder().addAll(given).addAll(shared).build();
    }
    // A multi-turn chat may give only its first turn again in a field of its own.
    List<Message> turns =
        shared.stream().filter(message -> !message.role().equals("system")).toList();
    if (given.size() == 1 && turns.get(0).equals(given.get(0))) {
      return shared;
    }
    throw SkippedException.malformed(
        "the prompt is another than what chosen and rejected begin with");
  }

  private static Text completion(String name, List<Message> messages) throws SkippedException {
    if (!messages.get(0).role().equals("assistant")) {
      throw SkippedException.malformed(
          name
              + " must begin with a message of the assistant after what it shares with the other,"
              + " got one of '"
              + messages.get(0).role()
              + "'");
    }
    if (messages.stream().anyMatch(message -> message.role().equals("user"))) {
      throw new SkippedException(
          SkipReason.SEVERAL_TURNS, name + " goes on with turns of the user");
    }
    return Text.of(messages);
  }

  private static boolean isPlain(Text text) {
    return text instanceof Text.Plain;
  }

  /** A chat's messages; a text is one of a role, an empty one none. */
  static List<Message> messages(Text text, String role) {
    if (text instanceof Text.Chat chat) {
      return chat.messages();
    }
    String content = ((Text.Plain) text).text();
    return content.isEmpty() && role.equals("user")
        ? ImmutableList.of()
        : ImmutableList.of(new Message(role, content));
  }
}
