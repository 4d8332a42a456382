package org.dpo4j.torch.internal.tokenizer;

import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.internal.template.ChatTemplate;

/**
 * The chat templates of a model.
 *
 * @param usual for chats
 * @param withTools for chats with tools, where the model has one of its own for them
 */
record ModelTemplates(Written usual, Optional<Written> withTools) {

  /**
   * A template and its text.
   *
   * @param template renders
   * @param text as it stands in the file
   */
  record Written(ChatTemplate template, String text) {

    /** Whether there is a name in it; a template that doesn't name a variable can't read it. */
    boolean mentions(String variable) {
      return Pattern.compile("(?<![A-Za-z0-9_])" + Pattern.quote(variable) + "(?![A-Za-z0-9_])")
          .matcher(text)
          .find();
    }
  }

  /** The one for a chat, as transformers chooses it. */
  Written of(Text.Chat chat) {
    return chat.tools().isPresent() ? withTools.orElse(usual) : usual;
  }

  String render(Text.Chat chat, boolean addGenerationPrompt, LocalDate date) {
    return of(chat).template().render(chat, addGenerationPrompt, date.atStartOfDay());
  }
}
