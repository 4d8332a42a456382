package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log-probabilities of one reference, in a file that is only ever appended to. {@link
 * LogProbFormat} says what its bytes are. Opening reads all of it once and checks it; after that
 * memory holds a key and a place a record, about 100 bytes, and values are read when asked for.
 *
 * <p>One run writes at a time. Any number may read meanwhile: a key is that of the weights too, so
 * that not even a file replaced under a reader gives it wrong values. (POSIX takes a lock away when
 * its process closes another opening of the file, so that a reader in the writer's own process can
 * let another writer in. Both then find each other's records damaged, never wrong.)
 *
 * <p>Not on a {@code FileChannel}, which closes itself when its thread is interrupted, and that is
 * how a run is cancelled.
 */
final class LogProbFile implements LogProbStore, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogProbFile.class);

  /** What a power failure may cost. A process that dies loses nothing that was written. */
  private static final long SYNC_EVERY = Duration.ofSeconds(30).toNanos();

  /** Files open for writing in this process, for which the system's locks are not made. */
  private static final Set<Path> BEING_WRITTEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final RandomAccessFile bytes;
  private final boolean writable;
  private final Map<LogProbFormat.Key, Long> starts = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final Runnable release;
  private String fingerprint = "";
  private Optional<LocalDate> date = Optional.empty();
  private long end;
  private boolean synced = true;
  private long lastSync = System.nanoTime();

  private LogProbFile(Path file, RandomAccessFile bytes, boolean writable, Runnable release) {
    this.file = file;
    this.bytes = bytes;
    this.writable = writable;
    this.release = release;
  }

  /** Reads and checks an open file. */
  @FunctionalInterface
  private interface Load {
    void from(LogProbFile file) throws IOException;
  }

  /** The same of texts without a date. */
  static LogProbFile writing(Path file, String fingerprint) {
    return writing(file, fingerprint, Optional.empty());
  }

  /**
   * Opens a file to read and add to, and makes it if there is none. What belongs to other weights
   * is replaced.
   *
   * @param date what texts are written with, to be kept if the file has none
   * @throws IllegalArgumentException if it is no such file, or a link; it is left as it is
   * @throws IllegalStateException if another run writes to it
   * @throws UncheckedIOException if it can't be read or written
   */
  static LogProbFile writing(Path file, String fingerprint, Optional<LocalDate> date) {
    byte[] header = LogProbFormat.header(fingerprint);
    Path real = make(file);
    if (!BEING_WRITTEN.add(real)) {
      throw isBeingWritten(file);
    }
    return open(
        file,
        real,
        true,
        () -> BEING_WRITTEN.remove(real),
        opened -> {
          opened.lock();
          opened.loadOrReplace(fingerprint, header);
          opened.keep(date);
        });
  }

  /**
   * Opens a file to read only.
   *
   * @throws IllegalArgumentException if it is no such file
   * @throws UncheckedIOException if it can't be read
   */
  static LogProbFile reading(Path file) {
    Check.that(
        Files.exists(file),
        "%s does not exist; make it with ReferenceCache.in(file).fill(…) or by a run with"
            + " Reference.cached(source, file)",
        file);
    requirePlainFile(file);
    return open(file, file, false, () -> {}, LogProbFile::load);
  }

  private static LogProbFile open(
      Path file, Path real, boolean writable, Runnable release, Load load) {
    try {
      RandomAccessFile bytes = new RandomAccessFile(real.toFile(), writable ? "rw" : "r");
      LogProbFile opened = new LogProbFile(file, bytes, writable, release);
      try {
        load.from(opened);
      } catch (IOException | RuntimeException | Error e) {
        bytes.close();
        throw e;
      }
      opened.warnings.forEach(LOG::warn);
      LOG.info(
          "{}: log-probs of {} examples by the reference {}",
          file,
          opened.starts.size(),
          opened.fingerprint);
      return opened;
    } catch (IOException e) {
      release.run();
      throw failed("open", file, e);
    } catch (RuntimeException | Error e) {
      release.run();
      throw e;
    }
  }

  private static Path make(Path file) {
    requirePlainFile(file);
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Check.that(
        !Files.isSymbolicLink(file),
        "%s is a link, and nothing is written through one; name the file itself",
        file);
    Check.that(
        Files.isDirectory(directory),
        "%s can't be made: there is no directory %s",
        file,
        directory);
    try {
      if (Files.notExists(file)) {
        Files.createFile(file);
      }
      return file.toRealPath();
    } catch (IOException e) {
      throw failed("make", file, e);
    }
  }

  private static void requirePlainFile(Path file) {
    Check.that(
        file.getFileSystem() == FileSystems.getDefault(),
        "%s must be a file of the default file system",
        file);
    Check.that(!Files.isDirectory(file), "%s is a directory; name a file", file);
  }

  /** Far behind the last byte, since a lock keeps readers out on some systems. */
  private void lock() throws IOException {
    try {
      if (bytes.getChannel().tryLock(Long.MAX_VALUE - 1, 1, false) == null) {
        throw isBeingWritten(file);
      }
    } catch (OverlappingFileLockException e) {
      throw isBeingWritten(file);
    }
  }

  private void loadOrReplace(String wanted, byte[] header) throws IOException {
    ByteBuffer start = start();
    Optional<String> found = LogProbFormat.fingerprint(start);
    fingerprint = wanted;
    if (found.isPresent() && found.get().equals(wanted)) {
      end = header.length;
      readBlocks();
      return;
    }
    if (start.limit() > 0) {
      warnings.add(
          found.isPresent()
              ? String.format(
                  Locale.ROOT,
                  "%s: these are log-probs by another reference, %s, and not by %s; they are"
                      + " replaced",
                  file,
                  found.get(),
                  wanted)
              : String.format(
                  Locale.ROOT,
                  "%s: its header is not whole, so that nothing in it is of use; it is begun anew",
                  file));
    }
    bytes.setLength(0);
    bytes.write(header);
    end = header.length;
    synced = false;
  }

  private void keep(Optional<LocalDate> newDate) throws IOException {
    if (date.isEmpty() && newDate.isPresent()) {
      byte[] note = LogProbFormat.dateNote(newDate.get());
      bytes.seek(end);
      bytes.write(note);
      synced = false;
      end += note.length;
      date = newDate;
    }
  }

  private void load() throws IOException {
    ByteBuffer start = start();
    fingerprint =
        LogProbFormat.fingerprint(start)
            .orElseThrow(
                () ->
                    new RefusedException(
                        String.format(
                            Locale.ROOT,
                            "%s: its header is not whole, so that nothing in it is of use",
                            file),
                        Remedy.COMPUTE_REFERENCE_AGAIN));
    end = LogProbFormat.header(fingerprint).length;
    readBlocks();
  }

  /** The first bytes, if they are those of such a file. */
  private ByteBuffer start() throws IOException {
    ByteBuffer start = read(0, (int) Math.min(bytes.length(), LogProbFormat.maxHeaderBytes()));
    Check.that(
        LogProbFormat.startsWithMagic(start),
        "%s is not a file of reference log-probs, and is left as it is; name another",
        file);
    int version = LogProbFormat.version(start).orElse(LogProbFormat.VERSION);
    Check.that(
        version == LogProbFormat.VERSION,
        "%s has format version %d, and this release reads %d; name another file, or delete it to"
            + " compute its log-probs again",
        file,
        version,
        LogProbFormat.VERSION);
    return start;
  }

  /** Reads block by block to the end of the last one that is whole. */
  private void readBlocks() throws IOException {
    long size = bytes.length();
    Optional<LogProbFormat.BlockHeader> header = blockHeader(size);
    while (header.isPresent()) {
      long first = end + LogProbFormat.BLOCK_HEADER_BYTES;
      ByteBuffer content = read(first, header.get().bytes());
      Optional<Map<LogProbFormat.Key, Integer>> records =
          LogProbFormat.records(header.get(), content);
      if (LogProbFormat.isNote(header.get())) {
        date = date.or(() -> LogProbFormat.date(content));
      } else if (records.isPresent()) {
        requireLogProbs(header.get(), content, first);
        records.get().forEach((key, start) -> starts.put(key, first + start));
      } else {
        warnings.add(
            String.format(
                Locale.ROOT,
                "%s: the block of %d records at byte %d is damaged, and passed over",
                file,
                header.get().records(),
                end));
      }
      end = first + header.get().bytes();
      header = blockHeader(size);
    }
    if (end < size) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%s: its last %d bytes are no whole block, as after a run that was killed; they are"
                  + " %s",
              file,
              size - end,
              writable ? "cut off" : "passed over"));
      if (writable) {
        bytes.setLength(end);
      }
    }
  }

  /** What is whole and yet holds no log-prob was made by something else than this. */
  private void requireLogProbs(LogProbFormat.BlockHeader header, ByteBuffer content, long first) {
    LogProbFormat.noLogProb(header, content)
        .ifPresent(
            place ->
                Check.that(
                    false,
                    "%s: the value at byte %d is %s, and a log-prob must be finite and ≤ 0; delete the"
                        + " file to compute its log-probs again",
                    file,
                    first + place,
                    content.getDouble(place)));
  }

  /** The header of the block at {@code end}, if that is whole. */
  private Optional<LogProbFormat.BlockHeader> blockHeader(long size) throws IOException {
    long first = end + LogProbFormat.BLOCK_HEADER_BYTES;
    return first > size
        ? Optional.empty()
        : LogProbFormat.blockHeader(read(end, LogProbFormat.BLOCK_HEADER_BYTES))
            .filter(header -> header.bytes() <= size - first);
  }

  private ByteBuffer read(long from, int length) throws IOException {
    byte[] read = new byte[length];
    bytes.seek(from);
    bytes.readFully(read);
    return ByteBuffer.wrap(read);
  }

  /** What opening found wrong, one sentence each; logged already. */
  ImmutableList<String> warnings() {
    return ImmutableList.copyOf(warnings);
  }

  Path file() {
    return file;
  }

  @Override
  public boolean has(PromptGroup group) {
    return starts.containsKey(LogProbFormat.key(fingerprint, group));
  }

  @Override
  public TokenValues get(PromptGroup group) {
    LogProbFormat.Key key = LogProbFormat.key(fingerprint, group);
    long start = Objects.requireNonNull(starts.get(key));
    int[] lengths = group.completions().stream().mapToInt(ImmutableIntArray::length).toArray();
    int tokens = group.tokens() - group.prompt().length();
    try {
      ByteBuffer record = read(start, (int) LogProbFormat.recordBytes(tokens));
      return LogProbFormat.values(record, key, lengths)
          .orElseThrow(
              () ->
                  new IOException(
                      "the record at byte "
                          + start
                          + " is not what it was when the file was opened; open it anew"));
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  @Override
  public void add(List<PromptGroup> groups, List<TokenValues> logProbs) {
    List<LogProbFormat.Key> keys =
        groups.stream().map(group -> LogProbFormat.key(fingerprint, group)).toList();
    byte[] block = LogProbFormat.block(keys, logProbs);
    write(block);
    long start = end + LogProbFormat.BLOCK_HEADER_BYTES;
    for (int i = 0; i < keys.size(); i++) {
      starts.put(keys.get(i), start);
      start += LogProbFormat.recordBytes(logProbs.get(i).tokens());
    }
    end += block.length;
  }

  private void write(byte[] block) {
    try {
      bytes.seek(end);
      bytes.write(block);
      synced = false;
      if (System.nanoTime() - lastSync > SYNC_EVERY) {
        sync();
      }
    } catch (IOException e) {
      cutBack(e);
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "cannot write reference log-probs to %s: %s; the file is whole up to here, and a run"
                  + " with it goes on from there",
              file,
              e.getMessage()),
          e);
    }
  }

  /** Drops what a failed write left. Where that fails too, the next opening does it. */
  private void cutBack(IOException failure) {
    try {
      bytes.setLength(end);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** The reference whose log-probabilities a file has. */
  static String fingerprintOf(Path file) {
    try (LogProbFile opened = reading(file)) {
      return opened.fingerprint;
    }
  }

  /**
   * The date that the texts of a file were written with.
   *
   * @return empty if there is no such file, or none is kept in it
   */
  static Optional<LocalDate> dateOf(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (LogProbFile opened = reading(file)) {
      return opened.date;
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // What is wrong with it is said where it is opened to be used.
    }
  }

  /** Sees to it that all records survive a loss of power. */
  void sync() throws IOException {
    bytes.getFD().sync();
    synced = true;
    lastSync = System.nanoTime();
  }

  /** A failure to close costs nothing now, and the next opening finds it, so it is only logged. */
  @Override
  public void close() {
    try (RandomAccessFile closing = bytes) {
      if (!synced) {
        closing.getFD().sync();
      }
    } catch (IOException e) {
      LOG.warn("{}: not all of it may have reached the disk: {}", file, e.getMessage());
    } finally {
      release.run();
    }
  }

  private static IllegalStateException isBeingWritten(Path file) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "%s is in use by another run, and one at a time can write to it; wait for the other's"
                + " end, or name another file",
            file));
  }

  private static UncheckedIOException failed(String verb, Path file, IOException e) {
    return new UncheckedIOException(
        String.format(
            Locale.ROOT, "cannot %s the reference log-probs in %s: %s", verb, file, e.getMessage()),
        e);
  }
}
