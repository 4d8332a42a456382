package org.dpo4j.api.data.records;

import java.io.IOException;
import java.util.Optional;

/** Finds where records begin and end. */
sealed interface Slicer permits LineSlicer, CsvSlicer, ArraySlicer, ObjectSlicer {

  /**
   * The next record's bytes.
   *
   * @return empty at the end
   * @throws BrokenFileException if it can't be said where the record ends
   */
  Optional<Slice> next() throws IOException;
}
