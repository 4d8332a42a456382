package org.dpo4j.torch.internal.tokenizer;

import java.time.LocalDate;
import java.util.Optional;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.internal.template.ChatTemplate;

/**
 * The chat templates of a model.
 *
 * @param usual for chats
 * @param withTools for chats with tools, where the model has one of its own for them
 */
record ModelTemplates(ChatTemplate usual, Optional<ChatTemplate> withTools) {

  /** The one for a chat, as transformers chooses it. */
  ChatTemplate of(Text.Chat chat) {
    return chat.tools().isPresent() ? withTools.orElse(usual) : usual;
  }

  String render(Text.Chat chat, boolean addGenerationPrompt, LocalDate date) {
    return of(chat).render(chat, addGenerationPrompt, date.atStartOfDay());
  }
}
