package org.dpo4j.benchmarks;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.core.math.Check;

/**
 * The command line.
 *
 * @param settings what to measure, in order; all by default
 * @param data directory of the JSONL files; {@code data} of this module by default
 * @param model directory of SmolLM2-135M-Instruct; {@code DPO_MODEL_DIR}, or the cache in the
 *     user's home, by default
 * @param pairs of each file, at most; all by default
 * @param threads libtorch computes with, here and in TRL; one a processor by default
 * @param heap the most Java objects may take, as {@code -Xmx} has it; 256m by default
 * @param peer the Python that has TRL; empty by default
 * @param script {@code trl_baseline.py}
 */
record Options(
    ImmutableList<Setting> settings,
    Path data,
    Path model,
    int pairs,
    int threads,
    String heap,
    Optional<String> peer,
    Path script) {

  private static final String SETTING = "--setting";
  private static final String DATA = "--data";
  private static final String MODEL = "--model";
  private static final String PAIRS = "--pairs";
  private static final String THREADS = "--threads";
  private static final String HEAP = "--heap";
  private static final String PEER = "--peer-python";
  private static final String SCRIPT = "--script";
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(SETTING, DATA, MODEL, PAIRS, THREADS, HEAP, PEER, SCRIPT);

  /**
   * Reads a command line of names and values.
   *
   * @throws IllegalArgumentException if a name is unknown, a value is missing or out of range
   */
  static Options parse(ImmutableList<String> arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      Check.that(NAMES.contains(name), "options are %s, got '%s'", NAMES, name);
      Check.that(i + 1 < arguments.size(), "%s must be followed by a value, got none", name);
      values.put(name, arguments.get(i + 1));
    }
    return new Options(
        settings(values.getOrDefault(SETTING, "")),
        Path.of(values.getOrDefault(DATA, "dpo-benchmarks/data")),
        Optional.ofNullable(values.get(MODEL)).map(Path::of).orElseGet(Options::usualModel),
        atLeastOne(PAIRS, values.getOrDefault(PAIRS, String.valueOf(Integer.MAX_VALUE))),
        atLeastOne(
            THREADS,
            values.getOrDefault(
                THREADS, String.valueOf(Runtime.getRuntime().availableProcessors()))),
        values.getOrDefault(HEAP, "256m"),
        Optional.ofNullable(values.get(PEER)),
        Path.of(values.getOrDefault(SCRIPT, "dpo-benchmarks/peer/trl_baseline.py")));
  }

  /** The command line that another process reads to the same, for one setting and no peer. */
  ImmutableList<String> childArguments(Setting setting) {
    return ImmutableList.of(
        SETTING,
        setting.label(),
        DATA,
        data.toString(),
        MODEL,
        model.toString(),
        PAIRS,
        String.valueOf(pairs),
        THREADS,
        String.valueOf(threads));
  }

  private static ImmutableList<Setting> settings(String labels) {
    return labels.isEmpty()
        ? ImmutableList.copyOf(Setting.values())
        : Splitter.on(',')
            .splitToStream(labels)
            .map(Setting::named)
            .collect(ImmutableList.toImmutableList());
  }

  private static int atLeastOne(String name, String value) {
    Integer number = Ints.tryParse(value);
    Check.that(number != null && number >= 1, "%s must be a number ≥ 1, got '%s'", name, value);
    return Integer.parseInt(value);
  }

  private static Path usualModel() {
    String stated = System.getenv("DPO_MODEL_DIR");
    return stated != null
        ? Path.of(stated)
        : Path.of(System.getProperty("user.home"), ".cache", "dpo-models", "smollm2-135m-instruct");
  }
}
