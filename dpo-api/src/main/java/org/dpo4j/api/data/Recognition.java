package org.dpo4j.api.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.api.RefusedException;
import org.dpo4j.api.Remedy;
import org.dpo4j.api.data.records.DataRecord;
import org.dpo4j.api.data.records.MalformedRecordException;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.api.data.records.Records;
import org.dpo4j.core.math.Shown;

/**
 * Finds out which format a file is in: that of the first record that is in any. Records before it
 * may be unlabelled, so the first thousand are looked at. An unlabelled one looks like a
 * demonstration; only if all do are they taken for that. A rating of 0 or 1 looks like a thumb;
 * only if all are such are they taken for thumbs.
 */
final class Recognition {

  private static final int LOOKED_AT = 1000;

  private Recognition() {}

  /**
   * The format of a file; empty if no record of it can be read.
   *
   * @throws IllegalArgumentException if there are records, but none in a format; the message has
   *     the columns found and says how to name them
   */
  static Optional<Format> of(RecordFile file, Optional<Columns> columns) {
    Optional<Mapped> mapped = columns.map(Mapped::new);
    List<Format> formats = mapped.isPresent() ? List.of(mapped.get()) : Format.ALL;
    Optional<DataRecord> first = Optional.empty();
    Optional<Format> demonstrations = Optional.empty();
    Optional<Format> thumbs = Optional.empty();
    try (Records records = file.records()) {
      for (int seen = 0; seen < LOOKED_AT && records.advance(); seen++) {
        DataRecord record;
        try {
          record = records.record();
        } catch (MalformedRecordException e) {
          continue; // Counted, or an error, when it is read.
        }
        Fields fields = new Fields(record.fields());
        Optional<Format> found =
            formats.stream().filter(format -> format.matches(fields)).findFirst();
        if (found.filter(format -> format instanceof ThumbLabels).isPresent()) {
          thumbs = thumbs.isPresent() ? thumbs : found;
        } else if (thumbs.isPresent() && found.filter(RatedRows.class::isInstance).isEmpty()) {
          continue; // Nothing but ratings can say that what looked like thumbs is none.
        } else if (found
            .filter(format -> format.kind() != Judgement.Kind.DEMONSTRATIONS)
            .isPresent()) {
          return found;
        }
        demonstrations = demonstrations.isPresent() ? demonstrations : found;
        first = first.isPresent() ? first : Optional.of(record);
      }
    }
    if (thumbs.isPresent()) {
      return thumbs;
    }
    if (demonstrations.isPresent()) {
      return demonstrations;
    }
    first.ifPresent(
        record -> {
          throw mapped.isPresent() ? lacking(record, mapped.get()) : unrecognised(record);
        });
    return Optional.empty();
  }

  private static IllegalArgumentException unrecognised(DataRecord record) {
    return new RefusedException(
        String.format(
            Locale.ROOT,
            "%s: the format is not recognised; the columns are %s",
            record.place(),
            columns(record)),
        Remedy.NAME_COLUMNS);
  }

  private static IllegalArgumentException lacking(DataRecord record, Mapped mapped) {
    Fields fields = new Fields(record.fields());
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: has no column %s, which was named; the columns are %s",
            record.place(),
            mapped.lacking(fields),
            columns(record)));
  }

  private static String columns(DataRecord record) {
    return record.fields().keySet().stream().map(Shown::text).toList().toString();
  }
}
