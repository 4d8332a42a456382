package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.data.records.StrictJson;
import org.dpo4j.core.backend.Message;

/**
 * Turns of a chat, with what stands beside their text: reasoning, calls of tools and their results,
 * and the weight of a turn ({@link TurnWeights}).
 */
final class Messages {

  private static final ImmutableList<String> CONTENTS = ImmutableList.of("content", "value");
  private static final ImmutableList<String> REASONINGS =
      ImmutableList.of("reasoning_content", "reasoning", "thinking");

  /** Kept for the template as they are; the first is also made of what other formats have. */
  private static final ImmutableList<String> KEPT =
      ImmutableList.of("tool_calls", "tools", "functions", "function_calls");

  /**
   * Kept of who speaks to the model, tools among them. What it is called itself it does not say.
   */
  private static final ImmutableList<String> KEPT_OF_OTHERS =
      ImmutableList.of("name", "tool_call_id");

  private static final ImmutableList<String> PART_TEXTS =
      ImmutableList.of("text", "thinking", "reasoning");

  private Messages() {}

  /** The messages of a field. */
  static ImmutableList<Message> of(JsonElement value, String name) throws SkippedException {
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

  private static Message message(Fields message, String name) throws SkippedException {
    Media.refuse(message, "a message of '" + name + "'");
    String written = message.text(message.has("role") ? "role" : "from");
    String role = Roles.of(written, name);
    ImmutableMap.Builder<String, String> fields = ImmutableMap.builder();
    Optional<String> reasoning = reasoning(message, name);
    if (role.equals(Roles.ASSISTANT)) {
      fields.putAll(TurnWeights.of(message, name));
    }
    if (Roles.isCall(written)) {
      JsonElement calls = calls(message.get(message.first(CONTENTS).orElse("content")), name);
      fields.put("tool_calls", calls.toString());
      return new Message(role, "", reasoning, fields.buildKeepingLast());
    }
    fields.putAll(kept(message, role, name));
    ImmutableMap<String, String> all = fields.buildKeepingLast();
    return new Message(
        role,
        content(message, name, reasoning.isPresent() || all.containsKey("tool_calls")),
        reasoning.isPresent() ? reasoning : thought(message),
        all);
  }

  private static ImmutableMap<String, String> kept(Fields message, String role, String name)
      throws SkippedException {
    ImmutableMap.Builder<String, String> fields = ImmutableMap.builder();
    if (message.says("function_call")) {
      JsonElement call = message.object("function_call").toJson();
      fields.put("tool_calls", listed(call, name).toString());
    }
    for (String column : KEPT) {
      if (message.says(column)) {
        fields.put(column, parsed(message.get(column)).toString());
      }
    }
    if (message.says("tool_calls")) {
      fields.put("tool_calls", called(message.get("tool_calls"), name).toString());
    }
    if (!role.equals(Roles.ASSISTANT)) {
      for (String column : KEPT_OF_OTHERS) {
        if (message.says(column)) {
          fields.put(column, message.get(column).toString());
        }
      }
    }
    ImmutableMap<String, String> all = fields.buildKeepingLast();
    if (all.containsKey("tool_calls") && !role.equals(Roles.ASSISTANT)) {
      throw new SkippedException(
          SkipReason.UNSUPPORTED,
          "a message of '" + name + "' has tool_calls and the role '" + role + "'");
    }
    return all;
  }

  private static Optional<String> reasoning(Fields message, String name) throws SkippedException {
    Optional<String> reasoning = Optional.empty();
    for (String column : REASONINGS) {
      if (message.says(column)) {
        String text = message.text(column);
        if (reasoning.isPresent() && !reasoning.get().equals(text)) {
          throw new SkippedException(
              SkipReason.UNSUPPORTED,
              "a message of '" + name + "' has two reasonings that differ, one of them " + column);
        }
        reasoning = Optional.of(text);
      }
    }
    return reasoning;
  }

  private static String content(Fields message, String name, boolean mayBeMissing)
      throws SkippedException {
    Optional<String> column = message.first(CONTENTS);
    if (column.isEmpty() && mayBeMissing) {
      return "";
    }
    JsonElement content = message.get(column.orElse(message.has("role") ? "content" : "value"));
    return content instanceof JsonArray parts
        ? joined(parts, "text", name)
        : Fields.text(content, "content of a message of " + name);
  }

  /** What parts of a message say the model thought. */
  private static Optional<String> thought(Fields message) throws SkippedException {
    return message.peek("content") instanceof JsonArray parts
        ? Optional.of(joined(parts, "thinking", "")).filter(text -> !text.isBlank())
        : Optional.empty();
  }

  /** OpenAI's parts of a message of one type, if all are text or thoughts. */
  private static String joined(JsonArray parts, String wanted, String name)
      throws SkippedException {
    StringBuilder text = new StringBuilder();
    for (JsonElement element : parts) {
      Fields part = Fields.object(element, "each part of a message of " + name);
      String type = part.text("type").equals("reasoning") ? "thinking" : part.text("type");
      if (!type.equals("text") && !type.equals("thinking")) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, "a message of '" + name + "' has a part that is no text");
      }
      if (type.equals(wanted)) {
        text.append(part.text(part.first(PART_TEXTS).orElse("text")));
      }
    }
    return text.toString();
  }

  /** A message's own calls as they are, but as a list, and of JSON rather than texts of it. */
  private static JsonArray called(JsonElement value, String name) throws SkippedException {
    JsonElement calls = parsed(value);
    JsonArray read = new JsonArray();
    for (JsonElement call :
        calls instanceof JsonArray array ? array.asList() : ImmutableList.of(calls)) {
      JsonElement one = parsed(call);
      if (!one.isJsonObject()) {
        throw noCall(name);
      }
      read.add(one);
    }
    return read;
  }

  /** ShareGPT's calls, JSON in a text, as OpenAI has them. */
  private static JsonArray calls(JsonElement value, String name) throws SkippedException {
    JsonArray read = new JsonArray();
    for (JsonElement call : called(value, name)) {
      read.addAll(listed(call, name));
    }
    if (read.isEmpty()) {
      throw noCall(name);
    }
    return read;
  }

  /** A list of one call; one without a type is a function's. */
  private static JsonArray listed(JsonElement call, String name) throws SkippedException {
    if (!(call instanceof JsonObject object)) {
      throw noCall(name);
    }
    JsonArray list = new JsonArray();
    if (object.has("function") && object.get("function").isJsonObject()) {
      list.add(object);
      return list;
    }
    if (!new Fields(object).hasText("name")) {
      throw noCall(name);
    }
    JsonObject typed = new JsonObject();
    typed.addProperty("type", "function");
    typed.add("function", object);
    list.add(typed);
    return list;
  }

  private static SkippedException noCall(String name) {
    return new SkippedException(
        SkipReason.UNSUPPORTED,
        "a message of '" + name + "' calls a tool, but not as JSON with a name and arguments");
  }

  /** The JSON that a text is; what is none stays a text. */
  static JsonElement parsed(JsonElement value) {
    return value instanceof JsonPrimitive text && text.isString()
        ? StrictJson.ifValid(text.getAsString()).orElse(value)
        : value;
  }
}
