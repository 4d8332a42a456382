package org.dpo4j.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * The bytes of a {@link LogProbFile}, big-endian:
 *
 * <pre>
 * file   = header block*
 * header = magic:8 version:int32 length:int32 fingerprint:UTF-8[length] crc:int32
 * block  = records:int32 bytes:int32 crc:int32 record[records]
 * record = key:16 tokens:int32 logProbs:float64[tokens] crc:int32
 * </pre>
 *
 * <p>A block of no records holds a note instead, {@code bytes} of UTF-8: {@code date=2026-12-01},
 * what the texts were written with where a chat template tells the model the day. Releases that
 * know no notes pass over it with a warning.
 *
 * <p>A block is what one call of the reference gave; it stands or falls as a whole, so that a run
 * that was killed and goes on asks again for what it asked before. {@code bytes} is the length of
 * its records together. Each crc is the CRC-32C of what stands before it in its header, block or
 * record. Values are doubles, so that those read are those computed, bit for bit.
 */
final class LogProbFormat {

  static final int VERSION = 1;
  static final int MAGIC_BYTES = 8;
  static final int BLOCK_HEADER_BYTES = 12;

  private static final byte[] MAGIC = {(byte) 0x89, 'D', 'P', 'O', 'R', 'E', 'F', '\n'};
  private static final String DATE = "date=";
  private static final int CRC_BYTES = Integer.BYTES;
  private static final int BEFORE_FINGERPRINT = MAGIC_BYTES + 2 * Integer.BYTES;
  private static final int BEFORE_VALUES = 2 * Long.BYTES + Integer.BYTES;
  private static final int MAX_FINGERPRINT = 1000;

  /** The first half of a SHA-256. */
  record Key(long high, long low) {}

  /** How the records of a block are to be found. */
  record BlockHeader(int records, int bytes) {}

  private LogProbFormat() {}

  /**
   * What a record is found by: the weights it was computed with and all token ids, so that another
   * tokenizer, template, truncation or example has another key.
   */
  static Key key(String fingerprint, PromptGroup group) {
    byte[] name = fingerprint.getBytes(UTF_8);
    int ints = 3 + group.completions().size() + group.tokens();
    ByteBuffer bytes = ByteBuffer.allocate(name.length + ints * Integer.BYTES);
    bytes.putInt(name.length).put(name).putInt(group.completions().size());
    put(bytes, group.prompt());
    group.completions().forEach(completion -> put(bytes, completion));
    ByteBuffer hash = ByteBuffer.wrap(Hashing.sha256().hashBytes(bytes.array()).asBytes());
    return new Key(hash.getLong(), hash.getLong());
  }

  private static void put(ByteBuffer bytes, ImmutableIntArray tokens) {
    bytes.putInt(tokens.length());
    tokens.forEach(bytes::putInt);
  }

  static byte[] header(String fingerprint) {
    Check.that(
        !fingerprint.isEmpty() && fingerprint.length() <= MAX_FINGERPRINT,
        "the reference's fingerprint must have 1 to %d characters, got %d",
        MAX_FINGERPRINT,
        fingerprint.length());
    byte[] name = fingerprint.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(headerBytes(name.length));
    bytes.put(MAGIC).putInt(VERSION).putInt(name.length).put(name);
    bytes.putInt(crc(bytes, 0, bytes.position()));
    return bytes.array();
  }

  private static int headerBytes(int fingerprintBytes) {
    return BEFORE_FINGERPRINT + fingerprintBytes + CRC_BYTES;
  }

  /** The most bytes a header can have. */
  static int maxHeaderBytes() {
    return headerBytes(4 * MAX_FINGERPRINT);
  }

  /** Whether a file that starts so is one of these, perhaps cut within its first bytes. */
  static boolean startsWithMagic(ByteBuffer start) {
    int length = Math.min(start.limit(), MAGIC_BYTES);
    return start.slice(0, length).equals(ByteBuffer.wrap(MAGIC, 0, length));
  }

  /** The version, if the file is long enough to tell. */
  static Optional<Integer> version(ByteBuffer start) {
    return start.limit() < MAGIC_BYTES + Integer.BYTES
        ? Optional.empty()
        : Optional.of(start.getInt(MAGIC_BYTES));
  }

  /** The fingerprint in a header, if that is whole and sound. */
  static Optional<String> fingerprint(ByteBuffer start) {
    if (start.limit() < BEFORE_FINGERPRINT) {
      return Optional.empty();
    }
    int length = start.getInt(MAGIC_BYTES + Integer.BYTES);
    if (length < 0 || length > start.limit() - headerBytes(0)) {
      return Optional.empty();
    }
    return isSound(start, 0, headerBytes(length))
        ? Optional.of(UTF_8.decode(start.slice(BEFORE_FINGERPRINT, length)).toString())
        : Optional.empty();
  }

  static byte[] block(List<Key> keys, List<TokenValues> logProbs) {
    long length = logProbs.stream().mapToLong(values -> recordBytes(values.tokens())).sum();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(BLOCK_HEADER_BYTES + length));
    bytes.putInt(keys.size()).putInt((int) length);
    bytes.putInt(crc(bytes, 0, bytes.position()));
    for (int i = 0; i < keys.size(); i++) {
      int start = bytes.position();
      TokenValues values = logProbs.get(i);
      bytes.putLong(keys.get(i).high()).putLong(keys.get(i).low()).putInt(values.tokens());
      for (int row = 0; row < values.rows(); row++) {
        Arrays.stream(values.row(row)).forEach(bytes::putDouble);
      }
      bytes.putInt(crc(bytes, start, bytes.position() - start));
    }
    return bytes.array();
  }

  /** How to read on, if the block's header is sound. */
  static Optional<BlockHeader> blockHeader(ByteBuffer bytes) {
    BlockHeader header = new BlockHeader(bytes.getInt(0), bytes.getInt(Integer.BYTES));
    return isSound(bytes, 0, BLOCK_HEADER_BYTES) && header.records >= 0 && header.bytes >= 0
        ? Optional.of(header)
        : Optional.empty();
  }

  /** A block that says with which date texts were written. */
  static byte[] dateNote(LocalDate date) {
    byte[] note = (DATE + date).getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK_HEADER_BYTES + note.length + CRC_BYTES);
    bytes.putInt(0).putInt(note.length + CRC_BYTES);
    bytes.putInt(crc(bytes, 0, bytes.position()));
    bytes.put(note).putInt(crc(bytes, BLOCK_HEADER_BYTES, note.length));
    return bytes.array();
  }

  /** Whether a block holds a note. */
  static boolean isNote(BlockHeader header) {
    return header.records == 0 && header.bytes > 0;
  }

  /** The date of a note, if it is sound and has one. */
  static Optional<LocalDate> date(ByteBuffer note) {
    if (note.limit() <= CRC_BYTES || !isSound(note, 0, note.limit())) {
      return Optional.empty();
    }
    String text = UTF_8.decode(note.slice(0, note.limit() - CRC_BYTES)).toString();
    try {
      return text.startsWith(DATE)
          ? Optional.of(LocalDate.parse(text.substring(DATE.length())))
          : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Where in a block's records each of them starts, if all are sound. */
  static Optional<Map<Key, Integer>> records(BlockHeader header, ByteBuffer bytes) {
    Map<Key, Integer> starts = new HashMap<>();
    int at = 0;
    for (int i = 0; i < header.records; i++) {
      if (bytes.limit() - at < recordBytes(0)) {
        return Optional.empty();
      }
      long length = recordBytes(bytes.getInt(at + 2 * Long.BYTES));
      if (length < recordBytes(0)
          || length > bytes.limit() - at
          || !isSound(bytes, at, (int) length)) {
        return Optional.empty();
      }
      starts.put(new Key(bytes.getLong(at), bytes.getLong(at + Long.BYTES)), at);
      at += (int) length;
    }
    return at == bytes.limit() ? Optional.of(starts) : Optional.empty();
  }

  /** Where in a block's records, which are sound, the first value is that no log-prob can be. */
  static OptionalInt noLogProb(BlockHeader header, ByteBuffer bytes) {
    int at = 0;
    for (int i = 0; i < header.records; i++) {
      int tokens = bytes.getInt(at + 2 * Long.BYTES);
      for (int token = 0; token < tokens; token++) {
        int place = at + BEFORE_VALUES + token * Double.BYTES;
        if (!isLogProb(bytes.getDouble(place))) {
          return OptionalInt.of(place);
        }
      }
      at += (int) recordBytes(tokens);
    }
    return OptionalInt.empty();
  }

  /** Whether a value may be kept: a NaN of today need not come again. */
  static boolean isLogProb(double value) {
    return value <= 0 && Double.isFinite(value);
  }

  static long recordBytes(int tokens) {
    return BEFORE_VALUES + (long) tokens * Double.BYTES + CRC_BYTES;
  }

  /** The values of a record, if it is that of the group, whole and sound. */
  static Optional<TokenValues> values(ByteBuffer record, Key key, int[] lengths) {
    boolean expected =
        record.getLong(0) == key.high()
            && record.getLong(Long.BYTES) == key.low()
            && record.getInt(2 * Long.BYTES) == Arrays.stream(lengths).sum();
    if (!expected || !isSound(record, 0, record.limit())) {
      return Optional.empty();
    }
    record.position(BEFORE_VALUES);
    return Optional.of(TokenValues.generate(lengths, (row, token) -> record.getDouble()));
  }

  private static boolean isSound(ByteBuffer bytes, int start, int length) {
    int crcAt = start + length - CRC_BYTES;
    return bytes.getInt(crcAt) == crc(bytes, start, length - CRC_BYTES);
  }

  private static int crc(ByteBuffer bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(start, length));
    return (int) crc.getValue();
  }
}
