package org.dpo4j.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.core.math.Check;

/** Pairs of plain text, a line of JSON each: {@code prompt}, {@code chosen}, {@code rejected}. */
final class PairFile {

  private PairFile() {}

  /**
   * Reads the first pairs of a file.
   *
   * @throws IllegalArgumentException if a line lacks a text; the message names it
   */
  static PreferenceDataset read(Path file, int most) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(most, lines.size()); i++) {
      String place = file + ", line " + (i + 1);
      JsonObject json = JsonParser.parseString(lines.get(i)).getAsJsonObject();
      pairs.add(
          PreferencePair.of(
              text(json, "prompt", place),
              text(json, "chosen", place),
              text(json, "rejected", place)));
    }
    return PreferenceDataset.of(pairs);
  }

  private static String text(JsonObject json, String name, String place) {
    JsonElement value = json.get(name);
    Check.that(
        value != null && value.isJsonPrimitive(),
        "%s: %s must be text, got %s",
        place,
        name,
        value);
    return json.get(name).getAsString();
  }
}
