package org.dpo4j.api.data.records;

import java.io.IOException;

/**
 * How a file is cut into records, and how each is read.
 *
 * @param kind as the file's name says
 * @param parser reads a record
 * @param hasHeader whether the first record only names the columns
 * @param json where records are, if they are JSON
 * @param maxBytes the most a record may have
 */
record RecordFormat(
    FileKind kind, RecordParser parser, boolean hasHeader, JsonLayout json, int maxBytes) {

  /** JSON lines. */
  static RecordFormat lines(int maxBytes) {
    return new RecordFormat(
        FileKind.JSON_LINES, new RecordParser.Json(false), false, JsonLayout.LINES, maxBytes);
  }

  /** Looks at the beginning of a file, or at all of it where that is one JSON object. */
  static RecordFormat of(FileKind kind, ByteCursor at, int maxBytes, Part part) throws IOException {
    return switch (kind) {
      case JSON_LINES -> lines(maxBytes);
      case JSON -> {
        JsonLayout layout = JsonLayout.of(at, part);
        yield new RecordFormat(
            kind, new RecordParser.Json(layout.isArray()), false, layout, maxBytes);
      }
      case CSV, TSV ->
          new RecordFormat(kind, header(kind, at, maxBytes), true, JsonLayout.LINES, maxBytes);
    };
  }

  /** Finds the records, the header among them, from the beginning of a file. */
  Slicer slicer(ByteCursor at) {
    if (parser instanceof RecordParser.Separated separated) {
      return new CsvSlicer(at, separated.separator(), maxBytes);
    }
    return json.slicer(at, maxBytes);
  }

  /** What was recognised of a file beyond its kind; may be empty. */
  String note() {
    return parser instanceof RecordParser.Separated separated ? separated.note() : json.note();
  }

  private static RecordParser header(FileKind kind, ByteCursor at, int maxBytes)
      throws IOException {
    char separator = kind == FileKind.CSV ? ',' : '\t';
    Slice slice =
        new CsvSlicer(at, separator, maxBytes)
            .next()
            .orElseThrow(
                () -> new BrokenFileException(1, "must begin with a header, got an empty file"));
    if (slice.tooLong()) {
      throw new BrokenFileException(
          slice.line(), "the header must be at most " + maxBytes + " bytes");
    }
    try {
      return RecordParser.Separated.of(separator, slice.bytes());
    } catch (MalformedRecordException | IllegalArgumentException e) {
      throw new BrokenFileException(slice.line(), String.valueOf(e.getMessage()));
    }
  }
}
