package org.dpo4j.torch.internal.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.files.LfsPointer;

/**
 * JSON as its standard has it (RFC 8259), in a bounded amount of memory, and no field twice: two
 * readers of the same file could otherwise believe different values.
 */
public final class StrictJson {

  static final int MAX_DEPTH = 32;

  private static final int MAX_DIGITS = 100;

  private StrictJson() {}

  /**
   * The text of a file.
   *
   * @param file the file
   * @param maxBytes the most it may have
   * @return its content
   * @throws IllegalArgumentException if it is larger, not UTF-8, or no regular file: a pipe would
   *     be waited for
   * @throws UncheckedIOException if it cannot be read
   */
  public static String text(Path file, int maxBytes) {
    Check.that(
        !Files.exists(file) || Files.isRegularFile(file), "%s: must be a regular file", file);
    try (InputStream in = Files.newInputStream(file)) {
      LfsPointer.refuse(file);
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new IllegalArgumentException(file + ": must be at most " + maxBytes + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  /**
   * The one object a text holds.
   *
   * @param file named in messages
   * @param json the text
   * @return the object, fields in their order
   * @throws IllegalArgumentException if the text is not strict JSON of one object
   */
  public static JsonObject object(Path file, String json) {
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new IllegalArgumentException(file + ": must hold a JSON object");
      }
      JsonObject object = object(file, reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IllegalArgumentException(file + ": must hold one JSON object and nothing more");
      }
      return object;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + ": is not valid JSON: " + Shown.text(String.valueOf(e.getMessage())), e);
    }
  }

  private static JsonObject object(Path file, JsonReader reader) throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String field = reader.nextName();
      String path = reader.getPath();
      JsonElement value = element(file, reader);
      if (object.has(field)) {
        throw new IllegalArgumentException(
            file + ": " + Shown.text(path) + " must be there once, got it twice");
      }
      object.add(field, value);
    }
    reader.endObject();
    return object;
  }

  private static JsonArray array(Path file, JsonReader reader) throws IOException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(element(file, reader));
    }
    reader.endArray();
    return array;
  }

  private static JsonElement element(Path file, JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(file, reader);
      case BEGIN_ARRAY -> array(file, reader);
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> number(file, reader);
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      default -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
    };
  }

  private static JsonPrimitive number(Path file, JsonReader reader) throws IOException {
    String path = reader.getPath();
    String text = reader.nextString();
    try {
      if (text.length() <= MAX_DIGITS) {
        return new JsonPrimitive(new BigDecimal(text));
      }
    } catch (NumberFormatException e) {
      // An exponent beyond int.
    }
    throw new IllegalArgumentException(
        file
            + ": "
            + Shown.text(path)
            + " must be a number of ordinary size, got "
            + text.substring(0, Math.min(20, text.length()))
            + "…");
  }
}
