package org.dpo4j.api.data.records;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import org.dpo4j.core.math.Shown;

/**
 * JSON as its standard has it (RFC 8259), nested at most 64 deep, no field twice. Numbers keep
 * their digits.
 */
public final class StrictJson {

  private static final int MAX_DEPTH = 64;

  private StrictJson() {}

  /** Text that is not JSON at all, as opposed to JSON that is not acceptable here. */
  static final class NotJsonException extends Exception {
    private static final long serialVersionUID = 1;

    NotJsonException(String message) {
      super(message);
    }
  }

  /**
   * A text that may be JSON.
   *
   * @param text any text
   * @return the one value it holds, or empty if it is not strict JSON
   */
  public static Optional<JsonElement> ifValid(String text) {
    try {
      return Optional.of(value(text));
    } catch (NotJsonException | MalformedRecordException e) {
      return Optional.empty();
    }
  }

  /** The one object a text holds. */
  static JsonObject object(String json) throws NotJsonException, MalformedRecordException {
    JsonElement value = value(json);
    if (!(value instanceof JsonObject object)) {
      throw new MalformedRecordException("must be a JSON object, got " + kind(value));
    }
    return object;
  }

  /** The one value a text holds. */
  static JsonElement value(String json) throws NotJsonException, MalformedRecordException {
    JsonReader reader = new JsonReader(new StringReader(json));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement value = element(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new NotJsonException("is not valid JSON: more follows its end");
      }
      return value;
    } catch (IOException e) {
      throw new NotJsonException(
          "is not valid JSON at " + Shown.text(reader.getPath()) + reason(e));
    }
  }

  private static JsonElement element(JsonReader reader)
      throws IOException, MalformedRecordException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      default -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
    };
  }

  private static JsonObject object(JsonReader reader) throws IOException, MalformedRecordException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String field = reader.nextName();
      if (object.has(field)) {
        throw new MalformedRecordException(
            Shown.text(reader.getPath()) + " must be there once, got it twice");
      }
      object.add(field, element(reader));
    }
    reader.endObject();
    return object;
  }

  private static JsonArray array(JsonReader reader) throws IOException, MalformedRecordException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(element(reader));
    }
    reader.endArray();
    return array;
  }

  /** The parser's words, without its place and its advice to programmers. */
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    int place = message.indexOf(" at line ");
    return place < 0 || message.startsWith("Use ") ? "" : ": " + message.substring(0, place);
  }

  private static String kind(JsonElement value) {
    if (value instanceof JsonArray) {
      return "an array";
    }
    if (value instanceof JsonPrimitive primitive) {
      return primitive.isString() ? "a string" : primitive.isNumber() ? "a number" : "a boolean";
    }
    return "null";
  }
}
