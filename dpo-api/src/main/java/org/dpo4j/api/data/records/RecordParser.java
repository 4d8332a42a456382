package org.dpo4j.api.data.records;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;

/** Makes fields of a record's bytes. */
sealed interface RecordParser {

  /**
   * The fields of one record.
   *
   * @throws MalformedRecordException if the bytes are none
   * @throws IllegalArgumentException if the file can't be trusted after this; the message is to
   *     follow the place
   */
  JsonObject parse(byte[] bytes) throws MalformedRecordException;

  /** Strict JSON, an object a record. */
  record Json(boolean inArray) implements RecordParser {
    @Override
    public JsonObject parse(byte[] bytes) throws MalformedRecordException {
      try {
        return StrictJson.object(text(bytes));
      } catch (StrictJson.NotJsonException e) {
        if (inArray) {
          // Where one element is not JSON, nobody knows where the next one begins.
          throw new IllegalArgumentException(
              e.getMessage() + ", so that the rest of the array can't be read", e);
        }
        throw new MalformedRecordException(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Separated values under a header.
   *
   * @param separator between values
   * @param indexColumns how many stand before the named ones, without a name, as pandas writes the
   *     numbers of rows; they are left out
   * @param header names of the others, without white space around them
   * @param isPadded whether there was some, as after each comma
   */
  record Separated(char separator, int indexColumns, ImmutableList<String> header, boolean isPadded)
      implements RecordParser {

    /** An index that was written without a name, and read and written again. */
    private static final Pattern UNNAMED = Pattern.compile("\\s*|Unnamed: \\d+(\\.\\d+)*");

    /** Checks that columns can be told apart. */
    public Separated {
      Check.that(!header.isEmpty(), "the header must name a column, got none");
      Set<String> names = new HashSet<>();
      for (String name : header) {
        Check.that(!name.isBlank(), "every column of the header must have a name, got %s", header);
        Check.that(
            names.add(name),
            "column '%s' must be in the header once, got it twice",
            Shown.text(name));
      }
    }

    /** Takes the header from a file's first record. */
    static Separated of(char separator, byte[] header) throws MalformedRecordException {
      List<String> names = values(separator, header);
      int index = 0;
      while (index < names.size() && UNNAMED.matcher(names.get(index)).matches()) {
        index++;
      }
      ImmutableList<String> stripped =
          names.subList(index, names.size()).stream()
              .map(String::strip)
              .collect(ImmutableList.toImmutableList());
      return new Separated(
          separator, index, stripped, !stripped.equals(names.subList(index, names.size())));
    }

    /** What is left out; may be empty. */
    String note() {
      return indexColumns == 0
          ? ""
          : indexColumns == 1 ? "index column left out" : indexColumns + " index columns left out";
    }

    @Override
    public JsonObject parse(byte[] bytes) throws MalformedRecordException {
      List<String> values = values(separator, bytes);
      if (values.size() != indexColumns + header.size()) {
        throw new MalformedRecordException(
            String.format(
                Locale.ROOT,
                "must have a field for each of the header's %d columns, got %d",
                indexColumns + header.size(),
                values.size()));
      }
      JsonObject fields = new JsonObject();
      for (int i = 0; i < header.size(); i++) {
        String value = values.get(indexColumns + i);
        if (isPadded && value.startsWith(" ") && value.stripLeading().startsWith("\"")) {
          throw new MalformedRecordException(
              "'"
                  + Shown.text(header.get(i))
                  + "' has white space before its quote, so that the quote does not count; write none after"
                  + " separators");
        }
        fields.addProperty(header.get(i), value);
      }
      return fields;
    }

    private static List<String> values(char separator, byte[] bytes)
        throws MalformedRecordException {
      try {
        return CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(false)
            .maxBufferSize(Math.max(1 << 16, 2 * bytes.length))
            .ofSingleCsvRecord(text(bytes))
            .getFields();
      } catch (CsvParseException e) {
        throw new MalformedRecordException(
            "is not one record of separated values: a quoted field must have its quotes doubled"
                + " and end before a separator or a line's end");
      }
    }
  }

  private static String text(byte[] bytes) throws MalformedRecordException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("must be UTF-8");
    }
  }
}
