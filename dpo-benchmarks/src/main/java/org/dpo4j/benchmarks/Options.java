package org.dpo4j.benchmarks;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Optional;

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
  private static final String PAIRS = "--pairs";
  private static final String HEAP = "--heap";
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          SETTING,
          DATA,
          Arguments.MODEL,
          PAIRS,
          Arguments.THREADS,
          HEAP,
          Arguments.PEER,
          Arguments.SCRIPT);

  /**
   * Reads a command line of names and values.
   *
   * @throws IllegalArgumentException if a name is unknown, a value is missing or out of range
   */
  static Options parse(ImmutableList<String> arguments) {
    Arguments given = Arguments.parse(arguments, NAMES);
    return new Options(
        settings(given.get(SETTING, "")),
        Path.of(given.get(DATA, "dpo-benchmarks/data")),
        given.model(),
        given.atLeastOne(PAIRS, Integer.MAX_VALUE),
        given.threads(),
        given.get(HEAP, "256m"),
        given.get(Arguments.PEER),
        Path.of(given.get(Arguments.SCRIPT, "dpo-benchmarks/peer/trl_baseline.py")));
  }

  /** The command line that another process reads to the same, for one setting and no peer. */
  ImmutableList<String> childArguments(Setting setting) {
    return ImmutableList.of(
        SETTING,
        setting.label(),
        DATA,
        data.toString(),
        Arguments.MODEL,
        model.toString(),
        PAIRS,
        String.valueOf(pairs),
        Arguments.THREADS,
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
}
