package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes, called by a shell: lost output and signals. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class ProcessesTest {

  private static final String PAIR =
      "{\"prompt\":\"how\",\"chosen\":\" good\",\"rejected\":\" bad\"}\n";

  private static @TempDir Path root;

  private @TempDir Path own;

  /** How a process ended. */
  private record Ended(int exitCode, String out, String err) {}

  @BeforeAll
  static void writeFiles() throws IOException {
    FewWords.writeModel(Files.createDirectory(root.resolve("model")));
    Files.writeString(root.resolve("pairs.jsonl"), PAIR.repeat(1000));
    Files.writeString(root.resolve("few.jsonl"), PAIR.repeat(20));
  }

  private static String java(Class<?> main, String arguments) {
    return Path.of(System.getProperty("java.home"), "bin", "java")
        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp \"$CLASSES\" "
        + main.getName()
        + " "
        + arguments;
  }

  private ProcessBuilder shell(String script) {
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", script).directory(root.toFile());
    shell.environment().put("CLASSES", System.getProperty("java.class.path"));
    return shell
        .redirectOutput(own.resolve("out").toFile())
        .redirectError(own.resolve("err").toFile());
  }

  private Ended run(String script) throws Exception {
    Process process = shell(script).start();
    try {
      return ended(process);
    } finally {
      process.destroyForcibly();
    }
  }

  private Ended ended(Process process) throws Exception {
    int exitCode = process.waitFor();
    return new Ended(
        exitCode,
        Files.readString(own.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(own.resolve("err"), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "losses | >/dev/full",
        "losses | >&-",
        "--help | >/dev/full",
        "inspect --data pairs.jsonl | >/dev/full",
        "inspect --data pairs.jsonl | >&-",
        "score --model model --data pairs.jsonl | >/dev/full",
        "generate --model model --raw --prompt how | >/dev/full",
      })
  void results_thatAreLost_areAnError(String arguments, String where) throws Exception {
    Ended ended = run(java(Dpo.class, arguments) + " " + where);

    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
    assertThat(ended.err().lines().filter(line -> line.startsWith("dpo: ")))
        .singleElement()
        .asString()
        .startsWith("dpo: results could not be written to standard output (")
        .endsWith("); stopped");
    assertThat(ended.err()).doesNotContain("\tat ");
  }

  @Test
  void results_thatAPipeCloses_areNotComputedFurther() throws Exception {
    Ended ended =
        run(
            java(Dpo.class, "score --model model --data pairs.jsonl --batch-size 1")
                + " | head -1; exit ${PIPESTATUS[0]}");

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.out()).hasLineCount(1);
    assertThat(ended.err()).contains("dpo: results could not be written to standard output (");
  }

  @Test
  void aFileThatIsFull_isAnError() throws Exception {
    Ended ended = run(java(Dpo.class, "score --model model --data pairs.jsonl --out /dev/full"));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).contains("dpo: results could not be written to /dev/full (No space");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aRunThatIsInterrupted_saysAtOnceHowToGoOn(String signal, int exitCode) throws Exception {
    assumeTaken(signal);
    Path run = own.resolve("run");
    Process process =
        shell(
                "exec "
                    + java(
                        Dpo.class,
                        "train --model model --data few.jsonl --epochs 1000 --samples 0 --out "
                            + run))
            .start();
    try {
      Path metrics = run.resolve("metrics.jsonl");
      while (!Files.exists(metrics) || Files.size(metrics) == 0) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(20);
      }
      signal(process, signal);
      Ended ended = ended(process);

      assertThat(ended.exitCode()).isEqualTo(exitCode);
      assertThat(ended.err())
          .containsPattern(
              "(?m)^dpo: interrupted: the run ends after the batch it is in, with a checkpoint of step \\d+ of \\d+;"
                  + " go on with --resume; again to end at once");
      try (var checkpoints = Files.list(run.resolve("checkpoints"))) {
        assertThat(checkpoints.filter(Files::isDirectory)).isNotEmpty();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process whose end takes a minute. */
  static final class SlowEnd {

    private SlowEnd() {}

    public static void main(String[] arguments) throws InterruptedException {
      Interrupts.handle(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
      Runtime.getRuntime().addShutdownHook(new Thread(SlowEnd::rest));
      System.out.println("begun");
      TimeUnit.MINUTES.sleep(1);
    }

    private static void rest() {
      try {
        TimeUnit.MINUTES.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSecondInterrupt_endsAtOnce(String signal, int exitCode) throws Exception {
    assumeTaken(signal);
    Process process =
        shell("exec " + java(SlowEnd.class, "").replace("$SlowEnd", "\\$SlowEnd")).start();
    try {
      await(own.resolve("out"), "begun");
      signal(process, signal);
      await(own.resolve("err"), "dpo: interrupted: ends");
      assertThat(process.isAlive()).isTrue();
      signal(process, signal);

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(exitCode);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What is started in the background ignores SIGINT, and so does all that it starts. */
  private static void assumeTaken(String signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (signal.equals("INT") && Files.exists(status)) {
      long ignored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .findFirst()
              .orElse(0);
      assumeThat(ignored & 0b10).as("SIGINT is not ignored by what started this").isZero();
    }
  }

  private static void await(Path file, String text) throws Exception {
    while (!Files.exists(file) || !Files.readString(file).contains(text)) {
      Thread.sleep(20);
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(
            new ProcessBuilder(List.of("kill", "-" + name, String.valueOf(process.pid())))
                .start()
                .waitFor())
        .isZero();
  }
}
