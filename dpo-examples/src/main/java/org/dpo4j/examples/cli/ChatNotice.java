package org.dpo4j.examples.cli;

import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;

/** Said where a model with a chat template learns from plain text. */
final class ChatNotice {

  private static final String NOTICE =
      "note: this data is plain text and the model has a chat template, which is not applied: what is trained is not"
          + " what generate and serve ask. With --chat the data is made chats; or ask with generate --raw and serve"
          + " --raw";

  private ChatNotice() {}

  /** What is to be said of these prompts; nothing where one of them is a chat. */
  static Optional<String> of(Tokenizer tokenizer, Stream<Text> prompts) {
    return tokenizer.rendersChats() && prompts.allMatch(prompt -> prompt instanceof Text.Plain)
        ? Optional.of(NOTICE)
        : Optional.empty();
  }
}
