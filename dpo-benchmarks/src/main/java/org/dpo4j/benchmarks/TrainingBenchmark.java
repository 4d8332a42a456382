package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Trains SmolLM2-135M-Instruct with DPO in fp32, four pairs a step, and prints how long it took, in
 * how much memory, and what share of the machine's own rate of matrix multiplication the steps
 * reached; beside TRL, if told of a Python that has it. {@code dpo-benchmarks/run} builds and runs
 * it; docs/performance.md says how to read what it prints.
 *
 * <p>Each {@link Setting} is trained in a JVM of its own, and TRL's right after it.
 */
public final class TrainingBenchmark {

  /** First argument of a child: measure one setting in this process, print one line of JSON. */
  static final String ONE = "one";

  private TrainingBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param arguments {@code [--setting live,cached,checkpointed,full,long] [--peer-python PYTHON]
   *     [--pairs n] [--threads n] [--heap 256m] [--model DIRECTORY] [--data DIRECTORY] [--script
   *     FILE]}
   * @throws IOException if data or model cannot be read
   */
  public static void main(String... arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    ImmutableList<String> given = ImmutableList.copyOf(arguments);
    if (!given.isEmpty() && given.get(0).equals(ONE)) {
      Options options = Options.parse(given.subList(1, given.size()));
      out.println(Training.measure(options.settings().get(0), options).line());
    } else {
      all(Options.parse(given), out);
    }
  }

  private static void all(Options options, PrintStream out) throws IOException {
    Map<Setting, Measurement> ours = new LinkedHashMap<>();
    Map<Setting, Timing> peers = new LinkedHashMap<>();
    for (Setting setting : options.settings()) {
      System.err.println("dpo4j, " + setting.label() + " …");
      Measurement measurement = FreshProcess.ours(setting, options);
      ours.put(setting, measurement);
      if (options.peer().isPresent()) {
        System.err.println("TRL, " + setting.label() + " …");
        peers.put(
            setting,
            FreshProcess.peer(options.peer().get(), setting, measurement.total().pairs(), options));
      }
    }
    out.printf(
        Locale.ROOT,
        "Java %s, libtorch %s, %d threads, %s, %s%n%n",
        Runtime.version(),
        ours.values().iterator().next().libtorch(),
        options.threads(),
        System.getProperty("os.arch"),
        String.join(" ", FreshProcess.jvmOptions(options)));
    out.println(Tables.ours(ours));
    if (!peers.isEmpty()) {
      out.println(Tables.comparisons(ours, peers));
    }
    out.print(Tables.steps(ours, peers));
  }
}
