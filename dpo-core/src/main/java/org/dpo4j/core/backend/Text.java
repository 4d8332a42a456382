package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dpo4j.core.math.Check;

/** A prompt or a completion before tokenization: plain text or chat messages. */
public sealed interface Text {

  /**
   * Text taken as it is.
   *
   * @param text the characters, spaces included
   */
  record Plain(String text) implements Text {
    @Override
    public boolean isEmpty() {
      return text.isEmpty();
    }
  }

  /**
   * Messages, to be rendered by the model's chat template.
   *
   * @param messages at least one
   */
  record Chat(ImmutableList<Message> messages) implements Text {

    /** Checks that there is a message. */
    public Chat {
      Check.that(!messages.isEmpty(), "messages must have at least one element, got none");
    }

    @Override
    public boolean isEmpty() {
      return messages.stream().allMatch(message -> message.content().isEmpty());
    }
  }

  /**
   * Whether there is nothing in it.
   *
   * @return true if the text, or every message's content, is empty
   */
  boolean isEmpty();

  /**
   * Plain text.
   *
   * @param text the characters
   * @return the text
   */
  static Text of(String text) {
    return new Plain(text);
  }

  /**
   * Chat messages.
   *
   * @param messages at least one
   * @return the chat
   */
  static Text of(List<Message> messages) {
    return new Chat(ImmutableList.copyOf(messages));
  }
}
