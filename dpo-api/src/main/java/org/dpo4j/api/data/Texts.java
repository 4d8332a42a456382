package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.dpo4j.api.data.records.StrictJson;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Prompts and completions as fields hold them: a text, a message, or messages; the latter as {@code
 * role} and {@code content} or, as ShareGPT has them, {@code from} and {@code value}.
 */
final class Texts {

  private Texts() {}

  /** The text or the messages of a field. */
  static Text of(JsonElement value, String name) throws SkippedException {
    if (isChat(value)) {
      return Text.of(messages(value, name));
    }
    String text = Fields.text(value, name);
    Optional<JsonElement> chat = chatInCell(text, name);
    return chat.isPresent() ? Text.of(messages(chat.get(), name)) : Text.of(text);
  }

  /** Whether a value is a text, a message or messages. */
  static boolean canBe(JsonElement value) {
    return Fields.isText(value) || isChat(value);
  }

  /** Whether a value is a message or at least one message. */
  static boolean isChat(JsonElement value) {
    if (value instanceof JsonArray array) {
      return !array.isEmpty() && array.get(0).isJsonObject() && isChat(array.get(0));
    }
    return value instanceof JsonObject object
        && (object.has("role") || (object.has("from") && object.has("value")));
  }

  /** The messages of a field. */
  static ImmutableList<Message> messages(JsonElement value, String name) throws SkippedException {
    return Messages.of(value, name);
  }

  /**
   * A cell of a table may hold messages, or one, as JSON. As Python prints them they would pass for
   * text.
   */
  private static Optional<JsonElement> chatInCell(String text, String name)
      throws SkippedException {
    if (PythonLiteral.isMessages(text)) {
      Optional<JsonElement> chat = StrictJson.ifValid(text).filter(Texts::isChat);
      if (chat.isEmpty()) {
        throw SkippedException.malformed(
            "'"
                + name
                + "' has messages as Python prints them, not as JSON; write them with json.dumps");
      }
      return chat;
    }
    return Optional.empty();
  }
}
