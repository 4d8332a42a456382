package org.dpo4j.torch.internal.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ways to spoil a safetensors file, chosen by a seeded generator. */
public final class Mutations {

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
  private static final String[] NUMBERS = {
    "0",
    "1",
    "-1",
    "-0",
    "1.5",
    "1e3",
    "007",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e999999999",
    "null",
    "\"8\"",
    "[]",
    "NaN"
  };
  private static final String[] STRINGS = {
    "\"\"",
    "\"__metadata__\"",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"F32\"",
    "\"F4\"",
    "\"F6_E3M2\"",
    "\"F128\"",
    "\"a\"",
    "\"b\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "1",
    "{}",
    "'a'"
  };
  private static final String[] SNIPPETS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "//",
    "\n",
    "\0",
    "\ufeff",
    "[[[[",
    "{\"a\":",
    "[".repeat(100_000),
    "x".repeat(2_000),
    " ".repeat(5_000)
  };

  private final Random random;

  public Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** A file with one or two faults, some of which happen to be harmless. */
  public byte[] spoil(byte[] file) {
    byte[] spoilt = file;
    for (int faults = random.nextInt(4) == 0 ? 2 : 1; faults > 0; faults--) {
      spoilt = once(spoilt);
    }
    return spoilt;
  }

  /** A text with a number, a string or a piece changed. */
  public String spoilText(String text) {
    return switch (random.nextInt(5)) {
      case 0 -> replace(text, NUMBER, any(NUMBERS));
      case 1 -> replace(text, STRING, any(STRINGS));
      case 2 -> {
        int at = random.nextInt(text.length() + 1);
        yield text.substring(0, at) + any(SNIPPETS) + text.substring(at);
      }
      case 3 -> {
        int from = random.nextInt(text.length() + 1);
        int to = from + random.nextInt(text.length() - from + 1);
        yield text.substring(0, from) + text.substring(to);
      }
      default -> {
        int from = random.nextInt(text.length() + 1);
        int to = from + random.nextInt(text.length() - from + 1);
        yield text.substring(0, to) + text.substring(from);
      }
    };
  }

  private byte[] once(byte[] file) {
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(file, random.nextInt(file.length + 1));
      case 1 -> Arrays.copyOf(file, file.length + 1 + random.nextInt(20));
      case 2 -> flipped(file);
      case 3 -> length(file, random.nextLong());
      case 4 -> length(file, random.nextInt(file.length + 20) - 5);
      default -> header(file);
    };
  }

  private byte[] flipped(byte[] file) {
    byte[] flipped = file.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] length(byte[] file, long length) {
    byte[] lying = file.clone();
    if (lying.length >= 8) {
      ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    }
    return lying;
  }

  /** Another header, whose length is right and which therefore is looked into. */
  private byte[] header(byte[] file) {
    if (file.length < 8) {
      return file;
    }
    long stated = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int length = (int) Math.max(0, Math.min(stated, file.length - 8));
    String text = new String(file, 8, length, StandardCharsets.UTF_8);
    byte[] spoilt = spoilText(text).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(file.length - length + spoilt.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(spoilt.length)
        .put(spoilt)
        .put(file, 8 + length, file.length - 8 - length)
        .array();
  }

  private String replace(String text, Pattern what, String by) {
    long count = what.matcher(text).results().count();
    int chosen = count == 0 ? -1 : random.nextInt((int) count);
    int[] at = {0};
    return what.matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(at[0]++ == chosen ? by : match.group()));
  }

  private String any(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
