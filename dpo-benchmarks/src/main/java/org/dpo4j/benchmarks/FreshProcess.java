package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Trains in a process of its own, whose memory is only its own. */
final class FreshProcess {

  private static final int LINES_OF_AN_ERROR = 20;

  private FreshProcess() {}

  /** What the JVM of a measurement is started with. */
  static ImmutableList<String> jvmOptions(Options options) {
    return ImmutableList.of(
        "-Xmx" + options.heap(),
        "-XX:+UseSerialGC",
        "-Dai.djl.pytorch.num_threads=" + options.threads());
  }

  static Measurement ours(Setting setting, Options options) throws IOException {
    return Measurement.parse(
        lastLine(
            ImmutableList.<String>builder()
                .add(Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .addAll(jvmOptions(options))
                .add("-cp", System.getProperty("java.class.path"))
                .add(TrainingBenchmark.class.getName(), TrainingBenchmark.ONE)
                .addAll(options.childArguments(setting))
                .build()));
  }

  static Timing peer(String python, Setting setting, int pairs, Options options)
      throws IOException {
    return Timing.parse(
        lastLine(
            ImmutableList.<String>builder()
                .add(python, options.script().toString(), "--name", setting.label())
                .add("--data", options.data().resolve(setting.dataFile()).toString())
                .add("--model", options.model().toString())
                .add("--pairs", String.valueOf(pairs))
                .add("--threads", String.valueOf(options.threads()))
                .addAll(setting.peerOptions())
                .build()));
  }

  /**
   * The last line a command prints.
   *
   * @throws IllegalStateException if it fails or prints nothing; the message has the end of what it
   *     said
   */
  static String lastLine(List<String> command) throws IOException {
    Path said = Files.createTempFile("dpo-benchmark", ".log");
    try {
      Process process = new ProcessBuilder(command).redirectError(said.toFile()).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      List<String> lines = process.inputReader().lines().filter(line -> !line.isBlank()).toList();
      int status = process.waitFor();
      if (status != 0 || lines.isEmpty()) {
        List<String> log = Files.readAllLines(said);
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s ended with status %d and said:%n%s",
                command,
                status,
                String.join(
                    System.lineSeparator(),
                    log.subList(Math.max(0, log.size() - LINES_OF_AN_ERROR), log.size()))));
      }
      return lines.get(lines.size() - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command, e);
    } finally {
      Files.delete(said);
    }
  }
}
