package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.dpo4j.api.SkipReason;

/**
 * The functions a model may call: a column of a list, or of a text that is JSON of one. {@code
 * functions} are OpenAI's former form, in which a function stands without its type.
 */
final class Tools {

  static final ImmutableList<String> COLUMNS =
      ImmutableList.of("tools", "functions", "input.tools", "input.functions");

  private Tools() {}

  /** The tools as JSON text; empty if there are none. */
  static Optional<String> of(Fields record) throws SkippedException {
    for (String column : COLUMNS) {
      if (record.says(column)) {
        JsonArray tools = list(record.get(column), column);
        return tools.isEmpty() ? Optional.empty() : Optional.of(tools.toString());
      }
    }
    return Optional.empty();
  }

  private static JsonArray list(JsonElement value, String column) throws SkippedException {
    JsonElement parsed = Messages.parsed(value);
    if (parsed.isJsonNull()) {
      return new JsonArray();
    }
    if (!(parsed instanceof JsonArray array)) {
      throw unreadable(column);
    }
    JsonArray tools = new JsonArray();
    for (JsonElement element : array) {
      if (!(Messages.parsed(element) instanceof JsonObject tool)) {
        throw unreadable(column);
      }
      tools.add(column.endsWith("functions") && !tool.has("function") ? typed(tool) : tool);
    }
    return tools;
  }

  private static JsonObject typed(JsonObject function) {
    JsonObject typed = new JsonObject();
    typed.addProperty("type", "function");
    typed.add("function", function);
    return typed;
  }

  private static SkippedException unreadable(String column) {
    return new SkippedException(
        SkipReason.UNSUPPORTED,
        "'" + column + "' offers tools, but not as a list of objects or JSON of one");
  }
}
