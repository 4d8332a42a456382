package org.dpo4j.torch.internal.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * The replacements of a {@code Precompiled} normalizer: a trie, as the units of a double array, and
 * the texts its leaves point at, each ended by a zero. The native library follows both without a
 * look at their bounds, so every step it could take is taken here before.
 */
final class Charsmap {

  private static final int MAX_CHARACTERS = 10_000_000;
  private static final int LABELS = 256;
  private static final int LEAF = 1 << 8;
  private static final int LABEL = 0x8000_00FF;

  private final Place place;
  private final int[] units;
  private final byte[] texts;

  private Charsmap(Place place, int[] units, byte[] texts) {
    this.place = place;
    this.units = units;
    this.texts = texts;
  }

  /**
   * Checks a map.
   *
   * @param place its base64
   * @return the most characters that one character can become
   * @throws IllegalArgumentException if it is not well-formed
   */
  static long growth(Place place) {
    place.check(
        place.string().length() <= MAX_CHARACTERS,
        "must have at most " + MAX_CHARACTERS + " characters");
    byte[] bytes = decode(place);
    place.check(bytes.length >= 4, "must begin with the size of its trie");
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = buffer.getInt();
    place.check(
        size >= 4 && size % 4 == 0 && size <= buffer.remaining(),
        "must hold a trie of the size it says, " + Integer.toUnsignedString(size) + " bytes");
    int[] units = new int[size / 4];
    buffer.asIntBuffer().get(units);
    byte[] texts = new byte[buffer.remaining() - size];
    buffer.position(4 + size).get(texts);
    return new Charsmap(place, units, texts).follow();
  }

  private static byte[] decode(Place place) {
    try {
      return Base64.getDecoder().decode(place.string());
    } catch (IllegalArgumentException e) {
      throw place.refuse("must be base64");
    }
  }

  private long follow() {
    checkTexts();
    Deque<Integer> bases = new ArrayDeque<>();
    BitSet seen = new BitSet();
    bases.add(inside(offset(units[0])));
    int longest = 1;
    while (!bases.isEmpty()) {
      int base = bases.remove();
      // A step goes from here to any label, so all of them have to be inside.
      inside(base | (LABELS - 1));
      for (int label = 1; label < LABELS; label++) {
        int node = base ^ label;
        if ((units[node] & LABEL) == label && !seen.get(node)) {
          seen.set(node);
          int next = inside(node ^ offset(units[node]));
          if ((units[node] & LEAF) != 0) {
            longest = Math.max(longest, text(units[next] & Integer.MAX_VALUE));
          }
          bases.add(next);
        }
      }
    }
    return longest;
  }

  private int inside(int node) {
    place.check(node >= 0 && node < units.length, "must have a trie that stays within its size");
    return node;
  }

  /** How many bytes the text at an offset has. */
  private int text(int start) {
    boolean begins = start < texts.length && (texts[start] & 0xC0) != 0x80;
    place.check(begins, "must have leaves that point at a text");
    int end = start;
    while (end < texts.length && texts[end] != 0) {
      end++;
    }
    place.check(end < texts.length, "must have texts that end");
    return end - start;
  }

  private void checkTexts() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
    } catch (CharacterCodingException e) {
      throw place.refuse("must have texts in UTF-8");
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }
}
