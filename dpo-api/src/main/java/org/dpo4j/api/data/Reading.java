package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.RefusedException;
import org.dpo4j.api.Remedy;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.data.records.DataRecord;
import org.dpo4j.api.data.records.MalformedRecordException;
import org.dpo4j.api.data.records.Part;
import org.dpo4j.api.data.records.Place;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.api.data.records.RecordFiles;
import org.dpo4j.api.data.records.Records;
import org.dpo4j.core.math.Check;

/**
 * One reading of files: recognises each, makes examples of its records and keeps them or where they
 * are. Used once.
 *
 * @param <E> what an example is
 */
final class Reading<E> {

  /**
   * How files are read.
   *
   * @param paths files and folders, in order
   * @param columns names instead of recognition
   * @param badRecords what to bear
   * @param maxRecordBytes the most a record may have
   * @param inMemory whether examples are kept instead of their places
   * @param temporaryFolder where compressed files are decompressed to; empty for the system's
   * @param maxUnpackedBytes the most one of them may become there
   * @param limits in tokens
   * @param part of folders and files that hold several
   * @param asChats whether texts become chats
   */
  record Settings(
      ImmutableList<Path> paths,
      Optional<Columns> columns,
      BadRecords badRecords,
      int maxRecordBytes,
      boolean inMemory,
      Optional<Path> temporaryFolder,
      long maxUnpackedBytes,
      Optional<TokenLimits> limits,
      Part part,
      boolean asChats) {}

  /** Makes a dataset of a size and what gives its examples. */
  interface DatasetFactory<E, D> {
    D of(int size, IntFunction<E> examples, DataSummary source);
  }

  private final Settings settings;
  private final Shape<E> shape;
  private final Tally tally = new Tally();
  private final List<E> kept = new ArrayList<>();
  private final List<FileExamples<E>> indexed = new ArrayList<>();
  private final List<Path> temporary = new ArrayList<>();

  private final boolean looksAhead;

  Reading(Settings settings, Shape<E> shape) {
    this(settings, shape, false);
  }

  private Reading(Settings settings, Shape<E> shape, boolean looksAhead) {
    this.settings = settings;
    this.shape = shape;
    this.looksAhead = looksAhead;
  }

  <D> FileData<D> read(DatasetFactory<E, D> factory) {
    try {
      return readAll(factory);
    } catch (LateColumnException e) {
      return new Reading<>(settings, shape, true).readAll(factory);
    }
  }

  private <D> FileData<D> readAll(DatasetFactory<E, D> factory) {
    try {
      for (Path path : settings.paths()) {
        RecordFiles found = RecordFiles.at(path, settings.part());
        found.leftOut().forEach(tally::leftOut);
        for (Path file : found.read()) {
          read(RecordFile.open(file, settings.maxRecordBytes(), settings.part()));
        }
      }
      DataSummary summary = tally.summary(shape.noun());
      Check.that(
          summary.kept() > 0, "no %s could be made of what was read: %s", shape.noun(), summary);
      return new FileData<>(dataset(factory, summary), summary, ImmutableList.copyOf(temporary));
    } catch (RuntimeException | Error e) {
      temporary.forEach(file -> deleteQuietly(file, e));
      throw e;
    }
  }

  private <D> D dataset(DatasetFactory<E, D> factory, DataSummary summary) {
    if (settings.inMemory()) {
      ImmutableList<E> examples = ImmutableList.copyOf(kept);
      return factory.of(examples.size(), examples::get, summary);
    }
    ImmutableList<FileExamples<E>> files = ImmutableList.copyOf(indexed);
    int[] starts = new int[files.size()];
    int size = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = size;
      size = Math.addExact(size, files.get(i).size());
    }
    return factory.of(
        size,
        number -> {
          int found = Arrays.binarySearch(starts, number);
          int file = found >= 0 ? found : -found - 2;
          return files.get(file).get(number - starts[file]);
        },
        summary);
  }

  private void read(RecordFile file) {
    Optional<Format> format = Recognition.of(file, settings.columns());
    format.ifPresent(recognised -> requireUsable(file, recognised));
    RecordContext context =
        new RecordContext(
            LateColumnException.hasSystem(file, looksAhead ? Integer.MAX_VALUE : 1),
            settings.asChats());
    if (format.filter(Reading::isGrouped).isPresent()) {
      readGroups(file, new RecordReader<>(format.orElseThrow(), shape, context));
      return;
    }
    RecordFile source = settings.inMemory() || file.isSeekable() ? file : decompressed(file);
    ExampleIndex index = new ExampleIndex();
    int before = kept.size();
    int count = 0;
    try (Records records = source.records()) {
      for (; records.advance(); count++) {
        read(records, format, context, index);
      }
    }
    index.trim();
    int made = settings.inMemory() ? kept.size() - before : index.size();
    String title = format.map(Format::title).orElse("no record that can be read");
    tally.file(new DataSummary.FileSummary(file.file(), file.kind(), title, count, made));
    if (!settings.inMemory() && made > 0) {
      indexed.add(
          new IndexedFile<>(
              source, new RecordReader<>(format.orElseThrow(), shape, context), index));
    }
  }

  private void read(
      Records records, Optional<Format> format, RecordContext context, ExampleIndex index) {
    DataRecord record;
    try {
      record = records.record();
    } catch (MalformedRecordException e) {
      skip(
          records.place(), new Examples.Skip(SkipReason.MALFORMED, String.valueOf(e.getMessage())));
      return;
    }
    Fields fields = new Fields(record.fields());
    LateColumnException.unlessKnown(fields, context);
    Examples<E> examples =
        new RecordReader<>(format.orElseThrow(), shape, context).read(record, fields);
    if (!examples.kept().isEmpty()) {
      tally.unread(Meanings.unread(fields));
    }
    keep(examples, record.place(), part -> index.add(records.position(), part));
  }

  /** Keeps examples, or tells which ones of them are to be found again. */
  private void keep(Examples<E> examples, Place place, IntConsumer found) {
    examples.skipped().forEach(skip -> skip(place, skip));
    for (int part = 0; part < examples.kept().size(); part++) {
      E example = examples.kept().get(part);
      Shape.Parts parts = shape.parts(example);
      Optional<Examples.Skip> problem = settings.limits().flatMap(limits -> limits.problem(parts));
      if (problem.isPresent()) {
        skip(place, problem.get());
        continue;
      }
      tally.keep(parts, shape.strength(example));
      if (settings.inMemory()) {
        kept.add(example);
      } else {
        found.accept(part);
      }
    }
  }

  /**
   * Records of one prompt may be anywhere, so that a compressed file is decompressed in any case.
   */
  private void readGroups(RecordFile file, RecordReader<E> reader) {
    RecordFile source = file.isSeekable() ? file : decompressed(file);
    Groups.Builder<E> builder = new Groups.Builder<>();
    int before = kept.size();
    int count = 0;
    try (Records records = source.records()) {
      for (; records.advance(); count++) {
        try {
          Fields fields = new Fields(records.record().fields());
          LateColumnException.unlessKnown(fields, reader.context());
          builder.add(records.position(), reader.prompt(fields));
          tally.unread(Meanings.unread(fields));
        } catch (MalformedRecordException e) {
          skip(
              records.place(),
              new Examples.Skip(SkipReason.MALFORMED, String.valueOf(e.getMessage())));
        } catch (SkippedException e) {
          skip(records.place(), new Examples.Skip(e.reason(), e.detail()));
        }
      }
    }
    Groups<E> groups = builder.of(source, reader);
    ImmutableIntArray.Builder groupOf = ImmutableIntArray.builder();
    ImmutableIntArray.Builder partOf = ImmutableIntArray.builder();
    for (int each = 0; each < groups.size(); each++) {
      int group = each;
      keep(
          groups.examples(group),
          groups.place(group),
          part -> {
            groupOf.add(group);
            partOf.add(part);
          });
    }
    GroupedFile<E> made = new GroupedFile<>(groups, groupOf.build(), partOf.build());
    int examples = settings.inMemory() ? kept.size() - before : made.size();
    tally.file(
        new DataSummary.FileSummary(
            file.file(), file.kind(), reader.format().title(), count, examples));
    if (made.size() > 0) {
      indexed.add(made);
    }
  }

  /** Whether a record is only a part, and judgements of one prompt are to be joined. */
  private static boolean isGrouped(Format format) {
    return format instanceof RatedRows
        || format instanceof RatedSummaries
        || (format instanceof Mapped mapped && mapped.isGrouped());
  }

  private void skip(Place place, Examples.Skip skip) {
    int count = tally.skip(place, skip);
    int most = settings.badRecords().most();
    if (skip.reason() == SkipReason.MALFORMED && count > most) {
      String problem = String.format(Locale.ROOT, "%s: %s", place, skip.detail());
      if (most == 0) {
        throw new RefusedException(problem, Remedy.COUNT_BAD_RECORDS);
      }
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s; at most %d malformed records are borne", problem, most));
    }
  }

  private void requireUsable(RecordFile file, Format format) {
    if (shape.accepts(format.kind())) {
      return;
    }
    throw new RefusedException(
        String.format(
            Locale.ROOT,
            "%s: holds %s (%s), of which no %s can be made",
            file.file(),
            format.kind(),
            format.title(),
            shape.noun()),
        reader(format.kind()));
  }

  private static Remedy reader(Judgement.Kind kind) {
    return switch (kind) {
      case THUMBS -> Remedy.READ_THUMBS;
      case DEMONSTRATIONS -> Remedy.READ_DEMONSTRATIONS;
      case PREFERENCES, SCORES -> Remedy.READ_PREFERENCES;
    };
  }

  private RecordFile decompressed(RecordFile file) {
    try {
      Path copy = TemporaryFiles.create(settings.temporaryFolder());
      temporary.add(copy);
      return file.decompressedTo(copy, settings.maxUnpackedBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot make a temporary file for " + file.file() + ": " + e.getMessage(), e);
    }
  }

  private static void deleteQuietly(Path file, Throwable reason) {
    try {
      TemporaryFiles.delete(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
