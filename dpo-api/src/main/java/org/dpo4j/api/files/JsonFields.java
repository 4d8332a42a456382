package org.dpo4j.api.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object of JSON that may be anybody's: each is what is asked for, or an {@link
 * OddJsonException} says what it is.
 *
 * @param json the object
 * @param where it is, for messages
 */
public record JsonFields(JsonObject json, String where) {

  private static final int MOST_DIGITS = 40;

  /**
   * The object that a text is.
   *
   * @param text any
   * @param where it is, for messages
   * @return its fields
   * @throws OddJsonException if it is none
   */
  public static JsonFields parse(String text, String where) throws OddJsonException {
    JsonElement parsed;
    try {
      parsed = JsonParser.parseString(text);
    } catch (JsonParseException e) {
      throw new OddJsonException(
          where + " must be a JSON object: " + Shown.text(String.valueOf(e.getMessage())), e);
    }
    if (parsed instanceof JsonObject object) {
      return new JsonFields(object, where);
    }
    throw new OddJsonException(
        where + " must be a JSON object: it is " + Shown.text(parsed.toString()));
  }

  /**
   * Whether a field is there.
   *
   * @param name the field's
   * @return true even if it is null
   */
  public boolean has(String name) {
    return json.has(name);
  }

  /**
   * The names of all fields.
   *
   * @return in their order
   */
  public Set<String> names() {
    return json.keySet();
  }

  /**
   * An object in this one.
   *
   * @param name the field's
   * @return its fields
   * @throws OddJsonException if it is not there, or something else
   */
  public JsonFields object(String name) throws OddJsonException {
    if (json.get(name) instanceof JsonObject object) {
      return new JsonFields(object, place(name));
    }
    throw odd(name, "an object");
  }

  /**
   * A count.
   *
   * @param name the field's
   * @param most the greatest it may be
   * @return from 0 to {@code most}
   * @throws OddJsonException if it is not there, or something else
   */
  public long count(String name, long most) throws OddJsonException {
    if (json.get(name) instanceof JsonPrimitive value
        && value.isNumber()
        && value.getAsString().length() <= MOST_DIGITS) {
      try {
        long count = new BigDecimal(value.getAsString()).longValueExact();
        if (count >= 0 && count <= most) {
          return count;
        }
      } catch (ArithmeticException e) {
        throw odd(name, "a whole number from 0 to " + most);
      }
    }
    throw odd(name, "a whole number from 0 to " + most);
  }

  /**
   * A count that an {@code int} can hold.
   *
   * @param name the field's
   * @return ≥ 0
   * @throws OddJsonException if it is not there, or something else
   */
  public int count(String name) throws OddJsonException {
    return (int) count(name, Integer.MAX_VALUE);
  }

  /**
   * A number, or the text of one: what is not finite can't be written otherwise.
   *
   * @param name the field's
   * @return any, NaN too
   * @throws OddJsonException if it is not there, or something else
   */
  public double number(String name) throws OddJsonException {
    if (json.get(name) instanceof JsonPrimitive value && !value.isBoolean()) {
      try {
        return Double.parseDouble(value.getAsString());
      } catch (NumberFormatException e) {
        throw odd(name, "a number");
      }
    }
    throw odd(name, "a number");
  }

  /**
   * A text.
   *
   * @param name the field's
   * @return the text
   * @throws OddJsonException if it is not there, or something else
   */
  public String text(String name) throws OddJsonException {
    if (json.get(name) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw odd(name, "a text");
  }

  /**
   * A list of texts.
   *
   * @param name the field's
   * @return the texts
   * @throws OddJsonException if it is not there, or something else
   */
  public List<String> texts(String name) throws OddJsonException {
    List<String> texts = new ArrayList<>();
    if (json.get(name) instanceof JsonArray list) {
      for (JsonElement element : list) {
        if (!(element instanceof JsonPrimitive text && text.isString())) {
          throw odd(name, "a list of texts");
        }
        texts.add(text.getAsString());
      }
      return texts;
    }
    throw odd(name, "a list of texts");
  }

  /**
   * True or false.
   *
   * @param name the field's
   * @return which of them
   * @throws OddJsonException if it is not there, or something else
   */
  public boolean truth(String name) throws OddJsonException {
    if (json.get(name) instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw odd(name, "true or false");
  }

  /**
   * What is wrong with a field.
   *
   * @param name the field's
   * @param rule what it must be
   * @return to be thrown
   */
  public OddJsonException odd(String name, String rule) {
    @Nullable JsonElement found = json.get(name);
    return new OddJsonException(
        String.format(
            Locale.ROOT,
            "%s must be %s, %s",
            place(name),
            rule,
            found == null ? "and is not there" : "got " + Shown.text(found.toString())));
  }

  private String place(String name) {
    return where + ": " + Shown.text(name);
  }
}
