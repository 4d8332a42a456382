package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.data.records.StrictJson;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Prompts and completions as fields hold them: a text, a message, or messages; the latter as {@code
 * role} and {@code content} or, as ShareGPT has them, {@code from} and {@code value}.
 */
final class Texts {

  private static final ImmutableMap<String, String> ROLES =
      ImmutableMap.of("human", "user", "gpt", "assistant", "chatgpt", "assistant");

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
    List<JsonElement> elements =
        value instanceof JsonArray array ? array.asList() : ImmutableList.of(value);
    if (elements.isEmpty()) {
      throw SkippedException.malformed("'" + name + "' must have at least one message, got none");
    }
    ImmutableList.Builder<Message> messages = ImmutableList.builder();
    for (JsonElement element : elements) {
      messages.add(message(Fields.object(element, "each message of " + name), name));
    }
    return messages.build();
  }

  private static Message message(Fields fields, String name) throws SkippedException {
    for (String tools : List.of("tool_calls", "function_call", "tool_call_id")) {
      if (fields.has(tools) && !(fields.hasArray(tools) && fields.array(tools).isEmpty())) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, "a message of '" + name + "' has " + tools);
      }
    }
    String role = fields.text(fields.has("role") ? "role" : "from");
    if (role.isBlank()) {
      throw SkippedException.malformed("a message of '" + name + "' has a blank role");
    }
    JsonElement content = fields.get(fields.has("role") ? "content" : "value");
    return new Message(
        ROLES.getOrDefault(role, role),
        content instanceof JsonArray parts
            ? joined(parts, name)
            : Fields.text(content, "content of a message of " + name));
  }

  /** OpenAI's parts of a message, if all are text. */
  private static String joined(JsonArray parts, String name) throws SkippedException {
    StringBuilder text = new StringBuilder();
    for (JsonElement element : parts) {
      Fields part = Fields.object(element, "each part of a message of " + name);
      String type = part.text("type");
      if (!type.equals("text")) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, "a message of '" + name + "' has a part that is no text");
      }
      text.append(part.text("text"));
    }
    return text.toString();
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
