package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import org.dpo4j.core.math.Shown;

/** JSON text as Python reads it: 1 stays whole, 1.0 does not. */
final class JsonValues {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_DIGITS = 4300;

  private final Budget budget;
  private final String name;

  private JsonValues(Budget budget, String name) {
    this.budget = budget;
    this.name = Shown.text(name);
  }

  /**
   * The one value of a text.
   *
   * @param budget counts what is made
   * @param name of the text, for messages
   * @param json the text
   * @return the value
   * @throws IllegalArgumentException if the text is not strict JSON, or has a field twice
   */
  static Object read(Budget budget, String name, String json) {
    JsonValues values = new JsonValues(budget, name);
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      Object value = values.value(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IllegalArgumentException(
            values.name + " must be one JSON value and nothing more");
      }
      return value;
    } catch (IOException | IllegalStateException e) {
      throw new IllegalArgumentException(
          values.name + " must be JSON: " + Shown.text(String.valueOf(e.getMessage())), e);
    }
  }

  private Object value(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> reader.nextString();
      case NUMBER -> number(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      default -> {
        reader.nextNull();
        yield None.NONE;
      }
    };
  }

  private Dict object(JsonReader reader) throws IOException {
    Dict.Builder dict = new Dict.Builder(budget);
    reader.beginObject();
    while (reader.hasNext()) {
      String field = reader.nextName();
      if (dict.has(field)) {
        throw new IllegalArgumentException(
            name + ": the field '" + Shown.text(field) + "' must be there once, got it twice");
      }
      dict.put(field, value(reader));
    }
    reader.endObject();
    return dict.build();
  }

  private ImmutableList<Object> array(JsonReader reader) throws IOException {
    ImmutableList.Builder<Object> list = ImmutableList.builder();
    reader.beginArray();
    for (int size = 0; reader.hasNext(); size++) {
      budget.element(size);
      list.add(value(reader));
    }
    reader.endArray();
    return list.build();
  }

  private Object number(String text) {
    if (text.length() > MAX_DIGITS) {
      throw new IllegalArgumentException(
          name + ": a number must have at most " + MAX_DIGITS + " digits");
    }
    return text.matches("-?[0-9]+")
        ? Numbers.normal(new BigInteger(text))
        : (Object) Double.valueOf(text);
  }
}
