package org.dpo4j.api.data.records;

import java.nio.file.Path;

/**
 * Where a record is.
 *
 * @param file the file as it was named
 * @param number from 1: the line a record begins on, or in a Parquet file its row
 * @param unit what is counted
 */
public record Place(Path file, int number, Unit unit) {

  /** What a place counts. */
  public enum Unit {
    /** Lines of a text file. */
    LINE(":"),
    /** Rows of a table. */
    ROW(":row ");

    private final String sign;

    Unit(String sign) {
      this.sign = sign;
    }
  }

  /**
   * The place without the file's folder.
   *
   * @return {@code train.jsonl:17}
   */
  public String shortName() {
    return file.getFileName() + unit.sign + number;
  }

  /** As compilers write places: {@code data/train.jsonl:17}. */
  @Override
  public String toString() {
    return file + unit.sign + number;
  }
}
