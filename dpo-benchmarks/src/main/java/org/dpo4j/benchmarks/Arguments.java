package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.core.math.Check;

/**
 * A command line of names and values.
 *
 * @param values by name
 */
record Arguments(ImmutableMap<String, String> values) {

  static final String MODEL = "--model";
  static final String THREADS = "--threads";
  static final String ROUNDS = "--rounds";
  static final String PEER = "--peer-python";
  static final String SCRIPT = "--script";

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if a name is unknown or a value is missing
   */
  static Arguments parse(ImmutableList<String> arguments, ImmutableList<String> names) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      Check.that(names.contains(name), "options are %s, got '%s'", names, name);
      Check.that(i + 1 < arguments.size(), "%s must be followed by a value, got none", name);
      values.put(name, arguments.get(i + 1));
    }
    return new Arguments(ImmutableMap.copyOf(values));
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  String get(String name, String otherwise) {
    return get(name).orElse(otherwise);
  }

  int atLeastOne(String name, int otherwise) {
    String value = get(name, String.valueOf(otherwise));
    Integer number = Ints.tryParse(value);
    Check.that(number != null && number >= 1, "%s must be a number ≥ 1, got '%s'", name, value);
    return Integer.parseInt(value);
  }

  /** {@code --model}, or {@code DPO_MODEL_DIR}, or the cache in the user's home. */
  Path model() {
    return get(MODEL)
        .or(() -> Optional.ofNullable(System.getenv("DPO_MODEL_DIR")))
        .map(Path::of)
        .orElseGet(
            () ->
                Path.of(
                    System.getProperty("user.home"),
                    ".cache",
                    "dpo-models",
                    "smollm2-135m-instruct"));
  }

  /** {@code --threads}, or one a processor. */
  int threads() {
    return atLeastOne(THREADS, Runtime.getRuntime().availableProcessors());
  }

  /** {@code --rounds}, or five. */
  int rounds() {
    return atLeastOne(ROUNDS, 5);
  }
}
