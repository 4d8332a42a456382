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
import java.util.Set;
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

  /** Separated values under a header. */
  record Separated(char separator, ImmutableList<String> header) implements RecordParser {

    /** Checks that columns can be told apart. */
    public Separated {
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
      return new Separated(separator, ImmutableList.copyOf(values(separator, header)));
    }

    @Override
    public JsonObject parse(byte[] bytes) throws MalformedRecordException {
      List<String> values = values(separator, bytes);
      if (values.size() != header.size()) {
        throw new MalformedRecordException(
            String.format(
                "must have a field for each of the header's %d columns, got %d",
                header.size(), values.size()));
      }
      JsonObject fields = new JsonObject();
      for (int i = 0; i < values.size(); i++) {
        fields.addProperty(header.get(i), values.get(i));
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
