package org.dpo4j.api.data.records;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where the records of a JSON file are.
 *
 * @param form how they follow each other
 * @param start offset of the array's bracket, if they are in one
 * @param note what was recognised, for the summary; may be empty
 */
record JsonLayout(Form form, long start, String note) {

  /** How records follow each other. */
  enum Form {
    /** A line each. */
    LINES,
    /** One object after the other, each over several lines. */
    OBJECTS,
    /** Elements of the array that the file is. */
    ARRAY,
    /** Elements of an array within the object that the file is. */
    FIELD
  }

  static final JsonLayout LINES = new JsonLayout(Form.LINES, 0, "");

  /** Names that lists of records have; a record itself may have others of objects. */
  private static final ImmutableSet<String> LISTS =
      ImmutableSet.of(
          "data",
          "rows",
          "examples",
          "instances",
          "records",
          "items",
          "samples",
          "entries",
          "dataset",
          "pairs",
          "preferences");

  /** What a record has and a list of records has not beside it. */
  private static final ImmutableSet<String> OF_RECORDS =
      ImmutableSet.of(
          "prompt",
          "instruction",
          "question",
          "query",
          "input",
          "chosen",
          "rejected",
          "messages",
          "conversations",
          "context",
          "history",
          "text");

  /** The first names of objects that are parts of one record. */
  private static final ImmutableSet<String> OF_PARTS =
      ImmutableSet.of(
          "role",
          "from",
          "content",
          "value",
          "text",
          "type",
          "id",
          "response",
          "answer",
          "completion",
          "model",
          "rank",
          "score");

  /** Looks at the beginning of a file, of an object at all of it. */
  static JsonLayout of(ByteCursor at, Part part) throws IOException {
    while (Slice.isSpace(at.peek())) {
      at.take();
    }
    if (at.peek() == '[') {
      return new JsonLayout(Form.ARRAY, at.offset(), "");
    }
    int line = at.line();
    Optional<JsonOutline> first = at.peek() == '{' ? JsonOutline.of(at) : Optional.empty();
    if (first.isEmpty()) {
      return LINES;
    }
    JsonOutline object = first.get();
    if (object.isAlone()) {
      return ofOne(object, part, line);
    }
    return object.onOneLine() ? LINES : new JsonLayout(Form.OBJECTS, 0, "");
  }

  private static JsonLayout ofOne(JsonOutline object, Part part, int line)
      throws BrokenFileException {
    List<JsonOutline.Field> fields = object.fields();
    refuseTables(fields, line);
    List<JsonOutline.Field> splits =
        fields.stream().filter(field -> field.isRows() && isSplit(field.name())).toList();
    if (!splits.isEmpty()) {
      return ofSplits(splits, part, line);
    }
    if (fields.stream().noneMatch(field -> OF_RECORDS.contains(field.name()))) {
      List<JsonOutline.Field> rows = fields.stream().filter(JsonOutline.Field::isRows).toList();
      List<JsonOutline.Field> named =
          rows.stream().filter(field -> LISTS.contains(field.name())).toList();
      if (named.size() == 1) {
        return within(named.get(0), "");
      }
      if (rows.size() == 1 && !OF_PARTS.contains(rows.get(0).firstName())) {
        return within(rows.get(0), "");
      }
    }
    return new JsonLayout(Form.OBJECTS, 0, "");
  }

  private static boolean isSplit(String name) {
    return Part.isTraining(name) || Part.isHeldOut(name);
  }

  private static JsonLayout ofSplits(List<JsonOutline.Field> splits, Part part, int line)
      throws BrokenFileException {
    List<JsonOutline.Field> wanted =
        splits.stream()
            .filter(split -> Part.isHeldOut(split.name()) == (part == Part.HELD_OUT))
            .toList();
    List<JsonOutline.Field> read = splits.size() == 1 ? splits : wanted;
    List<String> names = splits.stream().map(JsonOutline.Field::name).toList();
    if (read.size() != 1) {
      throw new BrokenFileException(
          line,
          "holds the splits "
              + names
              + ", of which "
              + (read.isEmpty() ? "none is" : "several are")
              + (part == Part.TRAINING ? " for training" : " held out")
              + "; write each to a file of its own");
    }
    List<String> others = names.stream().filter(name -> !name.equals(read.get(0).name())).toList();
    return within(read.get(0), others.isEmpty() ? "" : " and not of " + others);
  }

  private static JsonLayout within(JsonOutline.Field list, String others) {
    return new JsonLayout(Form.FIELD, list.offset(), "the rows of '" + list.name() + "'" + others);
  }

  /** Tables that are written by columns, which can't be read a record at a time. */
  private static void refuseTables(List<JsonOutline.Field> fields, int line)
      throws BrokenFileException {
    String table = "";
    if (!fields.isEmpty() && fields.stream().allMatch(JsonLayout::isColumnOfObject)) {
      table =
          isNumber(fields.get(0).name())
              ? "is one object of numbered rows, as pandas' to_json writes with orient='index'"
              : "is one table by columns, as pandas' to_json writes by default";
    } else if (fields.stream().allMatch(field -> field.type() == JsonOutline.Type.ARRAY)
        && fields.stream().anyMatch(JsonLayout::isColumnOfList)) {
      table = "is one table by columns, each a list";
    } else if (fields.stream().anyMatch(field -> field.name().equals("columns"))
        && fields.stream().anyMatch(field -> field.name().equals("data") && field.first() == '[')) {
      table = "is one table of columns and data, as pandas' to_json writes with orient='split'";
    }
    if (!table.isEmpty()) {
      throw new BrokenFileException(
          line,
          table
              + ", and records are read a row at a time; write it by rows, in pandas with"
              + " to_json(\"data.jsonl\", orient=\"records\", lines=True)");
    }
  }

  private static boolean isColumnOfObject(JsonOutline.Field field) {
    return field.type() == JsonOutline.Type.OBJECT
        && (isNumber(field.firstName()) || isNumber(field.name()));
  }

  private static boolean isColumnOfList(JsonOutline.Field field) {
    return OF_RECORDS.contains(field.name()) && (field.first() == '"' || field.first() == '[');
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && CharMatcher.inRange('0', '9').matchesAllOf(name);
  }

  /** Finds the records from the beginning of a file. */
  Slicer slicer(ByteCursor at, int maxBytes) {
    return switch (form) {
      case LINES -> new LineSlicer(at, maxBytes);
      case OBJECTS -> new ObjectSlicer(at, maxBytes);
      case ARRAY, FIELD -> new ArraySlicer(at, start, form == Form.ARRAY, maxBytes);
    };
  }

  /** Whether one malformed record makes it unknown where the next one begins. */
  boolean isArray() {
    return form == Form.ARRAY || form == Form.FIELD;
  }
}
