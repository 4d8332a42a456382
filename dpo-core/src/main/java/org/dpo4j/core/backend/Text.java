package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
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
   * @param tools the functions the model may call, a JSON list, where there are any; of a prompt
   * @param arguments what else the template is told, {@code enable_thinking} for instance: JSON
   *     text by name; of a prompt
   */
  record Chat(
      ImmutableList<Message> messages,
      Optional<String> tools,
      ImmutableMap<String, String> arguments)
      implements Text {

    /** Checks that there is a message. */
    public Chat {
      Check.that(!messages.isEmpty(), "messages must have at least one element, got none");
    }

    /**
     * Messages alone.
     *
     * @param messages at least one
     */
    public Chat(ImmutableList<Message> messages) {
      this(messages, Optional.empty(), ImmutableMap.of());
    }

    /**
     * The same chat with other messages.
     *
     * @param newMessages at least one
     * @return the chat, with the same tools and arguments
     */
    public Chat withMessages(List<Message> newMessages) {
      return new Chat(ImmutableList.copyOf(newMessages), tools, arguments);
    }

    @Override
    public boolean isEmpty() {
      return messages.stream()
          .allMatch(
              message ->
                  message.content().isEmpty()
                      && message.reasoning().isEmpty()
                      && message.fields().isEmpty());
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
