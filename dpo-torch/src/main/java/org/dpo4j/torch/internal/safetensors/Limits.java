package org.dpo4j.torch.internal.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;

/** What a header may hold: bounds that no honest file meets, so that a hostile one stays cheap. */
final class Limits {

  /** The header's one key that names no tensor. */
  static final String METADATA = "__metadata__";

  static final int MAX_TENSORS = 100_000;

  private static final int MAX_NAME = 1_024;
  private static final int MAX_METADATA = 10_000;
  private static final int MAX_METADATA_CHARACTERS = 10_000_000;

  private Limits() {}

  /** The number of tensors in a file, perhaps of those read so far. */
  static void checkTensors(String place, int count) {
    Check.that(count <= MAX_TENSORS, "%s: must have at most %d tensors", place, MAX_TENSORS);
  }

  /** A tensor's name. */
  static void checkName(String place, String name) {
    Check.that(
        name.length() <= MAX_NAME,
        "%s: name must have at most %d characters, got %d",
        place,
        MAX_NAME,
        name.length());
    checkUnicode(place, "name", name);
  }

  /** A file's metadata, perhaps those read so far. */
  static void checkMetadata(String place, int entries, long characters) {
    Check.that(entries <= MAX_METADATA, "%s: must have at most %d entries", place, MAX_METADATA);
    Check.that(
        characters <= MAX_METADATA_CHARACTERS,
        "%s: must have at most %d characters",
        place,
        MAX_METADATA_CHARACTERS);
  }

  /** The metadata of a file to be written. */
  static void checkMetadata(String place, Map<String, String> metadata) {
    long characters = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      checkUnicode(place, "key", entry.getKey());
      checkUnicode(place, "value", entry.getValue());
      characters += entry.getKey().length() + entry.getValue().length();
    }
    checkMetadata(place, metadata.size(), characters);
  }

  private static void checkUnicode(String place, String what, String text) {
    Check.that(
        StandardCharsets.UTF_8.newEncoder().canEncode(text),
        "%s: %s must be Unicode without lone surrogates, got %s",
        place,
        what,
        Shown.text(text));
  }
}
