package org.dpo4j.api.data.records;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the first JSON object of a file has, without its values, so that it may be larger than
 * memory.
 *
 * @param fields the first ones, in order
 * @param onOneLine whether the object ends on the line it begins on
 * @param isAlone whether nothing follows it
 */
record JsonOutline(ImmutableList<Field> fields, boolean onOneLine, boolean isAlone) {

  private static final int MOST_FIELDS = 1000;
  private static final int MOST_NAME_BYTES = 1000;

  /**
   * A field.
   *
   * @param name its beginning, if it is long
   * @param type what its value is
   * @param offset of the value's first byte
   * @param first the byte that its first element, or first name, begins with; its end if there is
   *     none
   * @param firstName of the value, or of the first element; empty if those are no objects
   */
  record Field(String name, Type type, long offset, int first, String firstName) {

    /** Whether it is a list of objects, or an empty one. */
    boolean isRows() {
      return type == Type.ARRAY && (first == '{' || first == ']');
    }
  }

  /** What a value is. */
  enum Type {
    OBJECT,
    ARRAY,
    SCALAR
  }

  /**
   * Reads the object that begins here.
   *
   * @return empty if it is no JSON, so that lines may tell what is wrong
   * @throws BrokenFileException if it never ends, and is no line of several
   */
  static Optional<JsonOutline> of(ByteCursor at) throws IOException {
    return new Scan(at).outline();
  }

  /** One reading of an object. */
  private static final class Scan {
    private final ByteCursor at;
    private final int begin;
    private final ImmutableList.Builder<Field> fields = ImmutableList.builder();
    private int count;
    private int secondLine = ByteCursor.END;

    Scan(ByteCursor at) {
      this.at = at;
      this.begin = at.line();
    }

    Optional<JsonOutline> outline() throws IOException {
      take();
      boolean isWhole = readFields();
      if (!isWhole && at.peek() == ByteCursor.END && at.line() > begin && secondLine != '{') {
        throw new BrokenFileException(
            begin, "the file ends within the object that begins here; is it cut off?");
      }
      if (!isWhole) {
        return Optional.empty();
      }
      boolean onOneLine = at.line() == begin;
      skipSpace();
      return Optional.of(new JsonOutline(fields.build(), onOneLine, at.peek() == ByteCursor.END));
    }

    /** Up to the brace that ends the object; false if there is none. */
    private boolean readFields() throws IOException {
      while (true) {
        skipSpace();
        int value = at.peek();
        if (value == '}') {
          take();
          return true;
        }
        if (value == ',') {
          take();
        } else if (value != '"' || !readField()) {
          return false;
        }
      }
    }

    private boolean readField() throws IOException {
      Optional<String> name = string();
      skipSpace();
      if (name.isEmpty() || at.peek() != ':') {
        return false;
      }
      take();
      skipSpace();
      long offset = at.offset();
      int opening = at.peek();
      Type type = opening == '{' ? Type.OBJECT : opening == '[' ? Type.ARRAY : Type.SCALAR;
      int first = opening;
      String firstName = "";
      int depth = 0;
      if (type != Type.SCALAR) {
        take();
        depth++;
        skipSpace();
        first = at.peek();
        if (type == Type.ARRAY && first == '{') {
          take();
          depth++;
          skipSpace();
        }
        if ((type == Type.OBJECT || depth == 2) && at.peek() == '"') {
          Optional<String> found = string();
          if (found.isEmpty()) {
            return false;
          }
          firstName = found.get();
        }
      }
      if (count++ < MOST_FIELDS) {
        fields.add(new Field(name.get(), type, offset, first, firstName));
      }
      return skipValue(depth);
    }

    /** To the end of a value, of which some brackets are open. */
    private boolean skipValue(int open) throws IOException {
      int depth = open;
      while (true) {
        int value = at.peek();
        if (value == ByteCursor.END) {
          return false;
        }
        if (depth == 0 && (value == ',' || value == '}')) {
          return true;
        }
        if (value == '"') {
          if (string().isEmpty()) {
            return false;
          }
          continue;
        }
        take();
        if (value == '{' || value == '[') {
          depth++;
        } else if (value == '}' || value == ']') {
          depth--;
          if (depth == 0) {
            return true;
          }
        }
      }
    }

    /** A string; empty if it does not end on its line. */
    private Optional<String> string() throws IOException {
      take();
      ByteArrayOutputStream name = new ByteArrayOutputStream();
      boolean escaped = false;
      while (true) {
        int value = at.peek();
        if (value == ByteCursor.END || value == '\n') {
          return Optional.empty();
        }
        take();
        if (value == '"' && !escaped) {
          return Optional.of(name.toString(StandardCharsets.UTF_8));
        }
        escaped = value == '\\' && !escaped;
        if (name.size() < MOST_NAME_BYTES) {
          name.write(value);
        }
      }
    }

    private void skipSpace() throws IOException {
      while (Slice.isSpace(at.peek())) {
        take();
      }
    }

    private void take() throws IOException {
      if (at.take() == '\n' && secondLine == ByteCursor.END) {
        secondLine = at.peek();
      }
    }
  }
}
