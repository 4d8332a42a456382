package org.dpo4j.api.data;

import java.util.Arrays;
import org.dpo4j.api.data.records.Position;

/** Where each example of a file is: 24 bytes an example, whatever its texts. */
final class ExampleIndex {

  private long[] offsets = new long[64];
  private int[] lengths = new int[64];
  private int[] numbers = new int[64];
  private int[] checks = new int[64];
  private int[] parts = new int[64];
  private int size;

  /** Adds the example that is one of those of a record. */
  void add(Position position, int part) {
    if (size == offsets.length) {
      resize((int) Math.min(Integer.MAX_VALUE - 8, size * 3L / 2));
    }
    offsets[size] = position.offset();
    lengths[size] = position.length();
    numbers[size] = position.number();
    checks[size] = position.check();
    parts[size] = part;
    size++;
  }

  /** Gives back the room that was kept for more. */
  void trim() {
    resize(size);
  }

  int size() {
    return size;
  }

  Position position(int index) {
    return new Position(offsets[index], lengths[index], numbers[index], checks[index]);
  }

  int part(int index) {
    return parts[index];
  }

  private void resize(int room) {
    offsets = Arrays.copyOf(offsets, room);
    lengths = Arrays.copyOf(lengths, room);
    numbers = Arrays.copyOf(numbers, room);
    checks = Arrays.copyOf(checks, room);
    parts = Arrays.copyOf(parts, room);
  }
}
