package org.dpo4j.api.data;

import org.dpo4j.api.data.records.MalformedRecordException;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.api.data.records.Records;

/**
 * A column of system texts that the first record of a file does not have. It makes chats of all
 * rows, of those before it too, so that reading starts again and looks through every file first.
 */
final class LateColumnException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private LateColumnException() {
    super("a column of system texts comes late");
  }

  /** Ends a reading that took the rows before for texts. */
  static void unlessKnown(Fields record, RecordContext context) {
    if (!context.asChats() && RecordContext.hasSystem(record)) {
      throw new LateColumnException();
    }
  }

  /** Whether one of the first so many readable records has the column. */
  static boolean hasSystem(RecordFile file, int most) {
    try (Records records = file.records()) {
      for (int seen = 0; seen < most && records.advance(); ) {
        try {
          if (RecordContext.hasSystem(new Fields(records.record().fields()))) {
            return true;
          }
          seen++;
        } catch (MalformedRecordException e) {
          // Counted, or an error, when it is read.
        }
      }
    }
    return false;
  }
}
