package org.dpo4j.torch.internal.json;

import com.google.common.primitives.ImmutableLongArray;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;

/**
 * Strict JSON read piece by piece, for untrusted files too large to be held as a tree: what a
 * caller does not keep takes no memory, and no string of more than a million characters is ever
 * held.
 */
public final class JsonStream {

  private static final int MAX_STRING = 1_000_000;

  private final Path file;
  private final JsonReader reader;

  private JsonStream(Path file, JsonReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /** What to do with a field: read its value, exactly once. */
  public interface FieldReader {

    /**
     * Reads the value of a field.
     *
     * @param name the field
     * @throws IOException if the text ends or is not JSON
     */
    void read(String name) throws IOException;
  }

  /** What to do with the text: read one value. */
  public interface ValueReader {

    /**
     * Reads the one value of a text.
     *
     * @param json the text, at its start
     * @throws IOException if the text ends or is not JSON
     */
    void read(JsonStream json) throws IOException;
  }

  /**
   * Reads a text that holds one value.
   *
   * @param file named in messages
   * @param part what of the file this is, named in messages
   * @param text UTF-8
   * @param value reads the value
   * @throws IllegalArgumentException if the text is not UTF-8, not strict JSON, more than one
   *     value, nested more than 32 deep or with a string of more than a million characters
   * @throws IOException if the text cannot be read
   */
  public static void read(Path file, String part, InputStream text, ValueReader value)
      throws IOException {
    JsonReader reader =
        new JsonReader(
            new ShortStrings(
                new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()),
                MAX_STRING,
                file + ": " + part));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(StrictJson.MAX_DEPTH);
    try {
      value.read(new JsonStream(file, reader));
      Check.that(
          reader.peek() == JsonToken.END_DOCUMENT,
          "%s: %s must hold one JSON value and nothing more",
          file,
          part);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": " + part + " must be UTF-8", e);
    } catch (MalformedJsonException | EOFException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %s is not valid JSON at %s",
              file,
              part,
              Shown.text(reader.getPath())),
          e);
    }
  }

  /**
   * Reads an object.
   *
   * @param what its name in messages
   * @param fields reads each value
   * @throws IllegalArgumentException if there is something else, or a field twice
   * @throws IOException if the text ends or is not JSON
   */
  public void object(String what, FieldReader fields) throws IOException {
    require(JsonToken.BEGIN_OBJECT, what, "an object");
    Set<String> names = new HashSet<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      Check.that(
          names.add(name),
          "%s: %s: field %s must be there once, got it twice",
          file,
          what,
          Shown.text(name));
      fields.read(name);
    }
    reader.endObject();
  }

  /**
   * Reads a string.
   *
   * @param what its name in messages
   * @return the string
   * @throws IllegalArgumentException if there is something else
   * @throws IOException if the text ends or is not JSON
   */
  public String string(String what) throws IOException {
    require(JsonToken.STRING, what, "a string");
    return reader.nextString();
  }

  /**
   * Reads an array of whole numbers, written as digits.
   *
   * @param what its name in messages
   * @param maxLength how many there may be
   * @param max the greatest each may be; the least is 0
   * @return the numbers
   * @throws IllegalArgumentException if there is something else
   * @throws IOException if the text ends or is not JSON
   */
  public ImmutableLongArray wholeNumbers(String what, int maxLength, long max) throws IOException {
    require(JsonToken.BEGIN_ARRAY, what, "an array");
    ImmutableLongArray.Builder numbers = ImmutableLongArray.builder();
    reader.beginArray();
    for (int length = 0; reader.hasNext(); length++) {
      Check.that(length < maxLength, "%s: %s must have at most %d numbers", file, what, maxLength);
      numbers.add(wholeNumber(what, max));
    }
    reader.endArray();
    return numbers.build();
  }

  /**
   * Passes over a value, whatever it is.
   *
   * @throws IOException if the text ends or is not JSON
   */
  public void skip() throws IOException {
    reader.skipValue();
  }

  private long wholeNumber(String what, long max) throws IOException {
    require(JsonToken.NUMBER, what, "whole numbers");
    String text = reader.nextString();
    long number = text.matches("\\d{1,19}") ? Long.parseUnsignedLong(text) : -1;
    Check.that(
        number >= 0 && number <= max,
        "%s: %s must be whole numbers in [0..%d], got %s",
        file,
        what,
        max,
        Shown.text(text));
    return number;
  }

  private void require(JsonToken token, String what, String rule) throws IOException {
    JsonToken found = reader.peek();
    Check.that(found == token, "%s: %s must be %s, got %s", file, what, rule, name(found));
  }

  private static String name(JsonToken token) {
    return switch (token) {
      case BEGIN_OBJECT -> "an object";
      case BEGIN_ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      default -> "nothing";
    };
  }
}
