package org.dpo4j.torch.internal.tokenizer;

import com.google.common.base.CharMatcher;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * How a template ends an answer. What it writes behind the last message's content is its own: the
 * token that ends the turn, then perhaps white space, and with some templates the header of a next
 * answer, though none was asked for.
 *
 * @param chats renders
 * @param start what is answered, and what comes before an answer
 * @param all prompt and completion
 * @param text what the template makes of them
 */
record LastTurn(Chats chats, Chats.Start start, Text.Chat all, String text) {

  /** Stands nowhere else, and no template trims it. */
  static final String MARK = "\u0001";

  private static final CharMatcher SPACE = CharMatcher.whitespace();

  /**
   * The text up to where an answer's turn ends, of a template that writes the same whether the
   * header of an answer is asked for or not.
   *
   * <p>It always writes one if the text does not stay as it is when the user goes on: what goes
   * away then is the header. It begins behind the last token that ends a turn and stays, and the
   * white space that follows; where there is no such token, behind the last line break that stays.
   */
  String withoutNextHeader() {
    Optional<String> goingOn =
        chats.renderIfAccepted(Chats.joined(all, List.of(Message.user(MARK))), false);
    int stays =
        goingOn.map(next -> Strings.commonPrefix(text, next).length()).orElse(text.length());
    int tail = tail();
    if (stays == text.length() || stays < tail || isEnds(text.substring(stays))) {
      return text;
    }
    String staying = text.substring(tail, stays);
    String opening = opening();
    OptionalInt end =
        chats
            .tokens()
            .added()
            .lastIn(
                staying,
                token ->
                    chats.tokens().endsText(token)
                        || (chats.tokens().mayEndTurn(token) && !opening.contains(token)));
    int cut = tail + end.orElse(staying.lastIndexOf('\n') + 1);
    while (cut < text.length() && SPACE.matches(text.charAt(cut))) {
      cut++;
    }
    return text.substring(0, cut);
  }

  /**
   * Whether the last that is written, white space apart, is a token that ends a turn: one that ends
   * a text, a special token that the template wrote behind the answer, or another added token that
   * stands behind the prompt's last message as well.
   */
  boolean isEnded(String kept) {
    String end = SPACE.trimTrailingFrom(kept);
    return chats.tokens().added().endOf(end).anyMatch(token -> isEnd(token, kept));
  }

  private boolean isEnd(String token, String kept) {
    if (chats.tokens().endsText(token)) {
      return true;
    }
    if (chats.tokens().mayEndTurn(token)) {
      return SPACE.trimTrailingFrom(kept).length() - token.length() >= tail();
    }
    return chats
        .renderIfAccepted(start.prompt(), false)
        .map(SPACE::trimTrailingFrom)
        .filter(before -> before.endsWith(token))
        .isPresent();
  }

  /** Whether there is nothing but white space and tokens that end a text. */
  private boolean isEnds(String rest) {
    String left = rest;
    for (String token : chats.tokens().ends()) {
      left = left.replace(token, "");
    }
    return SPACE.matchesAllOf(left);
  }

  /** Where the template goes on behind the content of the last message. */
  private int tail() {
    int last = all.messages().size() - 1;
    return chats
        .renderIfAccepted(all.withMessages(marked(all.messages(), last, "", MARK)), false)
        .map(other -> text.length() - Strings.commonSuffix(text, other).length())
        .orElse(text.length());
  }

  /** What stands before the content of the first message. */
  private String opening() {
    return chats
        .renderIfAccepted(
            start.prompt().withMessages(marked(start.prompt().messages(), 0, MARK, "")), true)
        .map(other -> Strings.commonPrefix(start.text(), other))
        .orElse("");
  }

  /** Messages, of which one has more content. */
  static ImmutableList<Message> marked(
      List<Message> messages, int index, String before, String behind) {
    List<Message> marked = new ArrayList<>(messages);
    Message message = messages.get(index);
    marked.set(
        index,
        new Message(
            message.role(),
            before + message.content() + behind,
            message.reasoning(),
            message.fields()));
    return ImmutableList.copyOf(marked);
  }
}
