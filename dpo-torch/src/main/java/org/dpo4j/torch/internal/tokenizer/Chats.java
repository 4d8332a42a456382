package org.dpo4j.torch.internal.tokenizer;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * Chats as the model's template writes them: a prompt with what comes before an answer, and prompt
 * and completion together. What is given beside the messages' content and would leave no trace in
 * the text is refused.
 *
 * @param directory of the model, named in messages
 * @param templates of the model
 * @param tokens where turns begin and end
 * @param date that is written where the template writes one
 */
record Chats(Path directory, ModelTemplates templates, TurnTokens tokens, LocalDate date) {

  private static final int SHOWN_CHARACTERS = 20;
  private static final String CALLS = "tool_calls";

  /**
   * A prompt as text.
   *
   * @param prompt the chat
   * @param text what the template writes of it, with what comes before an answer
   */
  record Start(Text.Chat prompt, String text) {}

  /**
   * Prompt and completion as one text.
   *
   * @param text what the template writes, without the header of a next answer
   * @param ended whether it ends with a token that ends a turn
   */
  record Whole(String text, boolean ended) {}

  /**
   * The prompt and what comes before an answer.
   *
   * @throws IllegalArgumentException if the template refuses it, or does not read its tools or its
   *     arguments
   */
  Start start(Text.Chat prompt) {
    for (String name : prompt.arguments().keySet()) {
      Check.that(
          templates.of(prompt).mentions(name),
          "the chat template of %s doesn't read '%s', which the chat gives it; leave it out, or use"
              + " a model whose template reads it",
          directory,
          name);
    }
    String start = render(prompt, true);
    requireWritten(
        "the tools that the chat has",
        prompt.tools().isEmpty(),
        start,
        new Text.Chat(prompt.messages(), Optional.empty(), prompt.arguments()),
        true);
    return new Start(prompt, start);
  }

  /**
   * Prompt and completion.
   *
   * @param start what {@link #start} makes of the prompt
   * @param asked what {@link #isHeaderAsked} says of it
   * @param index of the completion, for messages
   * @throws IllegalArgumentException if the template refuses it, writes the prompt's messages in
   *     another way then, or does not write the answer's reasoning or calls
   */
  Whole whole(Start start, boolean asked, int index, Text.Chat completion) {
    Text.Chat prompt = start.prompt();
    List<Message> answer = completion.messages();
    Text.Chat all = joined(prompt, answer);
    String text = render(all, false);
    requireWritten(
        "the reasoning of completion " + index,
        answer.stream().allMatch(message -> message.reasoning().isEmpty()),
        text,
        joined(prompt, each(answer, Chats::withoutReasoning)),
        false);
    requireWritten(
        "the tool calls of completion " + index,
        answer.stream().noneMatch(message -> message.fields().containsKey(CALLS)),
        text,
        joined(prompt, each(answer, Chats::withoutCalls)),
        false);
    if (!text.startsWith(start.text())) {
      requireSameMessages(prompt, start.text(), index, text);
    }
    LastTurn turn = new LastTurn(this, start, all, text);
    String kept = asked ? text : turn.withoutNextHeader();
    return new Whole(kept, turn.isEnded(kept));
  }

  /** Whether the header of an answer is written only where it is asked for, if at all. */
  boolean isHeaderAsked(Start start) {
    return !renderIfAccepted(start.prompt(), false).equals(Optional.of(start.text()));
  }

  String render(Text.Chat chat, boolean addGenerationPrompt) {
    return templates.render(chat, addGenerationPrompt, date);
  }

  static Text.Chat joined(Text.Chat prompt, List<Message> more) {
    return prompt.withMessages(
        ImmutableList.<Message>builder().addAll(prompt.messages()).addAll(more).build());
  }

  /** Refuses what is given and makes no difference to the text. */
  private void requireWritten(
      String what, boolean none, String text, Text.Chat without, boolean addGenerationPrompt) {
    Check.that(
        none || !text.equals(renderIfAccepted(without, addGenerationPrompt).orElse("")),
        "the chat template of %s doesn't write %s; leave that out, or use a model whose template"
            + " writes it",
        directory,
        what);
  }

  /** A text that is only asked for to compare with; a template may refuse it. */
  Optional<String> renderIfAccepted(Text.Chat chat, boolean addGenerationPrompt) {
    try {
      return Optional.of(render(chat, addGenerationPrompt));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A cut before the end of the prompt's last message would make a part of it an answer. */
  private void requireSameMessages(Text.Chat prompt, String start, int index, String whole) {
    int common = Strings.commonPrefix(start, whole).length();
    int last = prompt.messages().size() - 1;
    Text.Chat marked =
        prompt.withMessages(LastTurn.marked(prompt.messages(), last, "", LastTurn.MARK));
    int written =
        renderIfAccepted(marked, true)
            .map(text -> Strings.commonPrefix(start, text).length())
            .orElse(start.length());
    Check.that(
        common >= written,
        "the chat template of %s must begin prompt and completion %d with what it makes of the"
            + " prompt alone, but after %d characters it goes on with '%s' and not with '%s'",
        directory,
        index,
        common,
        shown(whole, common),
        shown(start, common));
  }

  private static ImmutableList<Message> each(
      List<Message> messages, UnaryOperator<Message> change) {
    return messages.stream().map(change).collect(ImmutableList.toImmutableList());
  }

  private static Message withoutReasoning(Message message) {
    return new Message(message.role(), message.content(), Optional.empty(), message.fields());
  }

  private static Message withoutCalls(Message message) {
    return message.withFields(
        ImmutableMap.copyOf(Maps.filterKeys(message.fields(), name -> !name.equals(CALLS))));
  }

  private static String shown(String text, int from) {
    return text.substring(from, Math.min(text.length(), from + SHOWN_CHARACTERS))
        .replace("\n", "\\n");
  }
}
