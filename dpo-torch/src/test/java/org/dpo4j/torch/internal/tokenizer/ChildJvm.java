package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, which a native library may end without harm. */
public final class ChildJvm {

  private static final String HEAP = "-Xmx512m";

  private ChildJvm() {}

  /**
   * Runs a program.
   *
   * @param main has a main method
   * @param seconds how long it may take
   * @param arguments for the main method
   * @return what it printed; fails if it did not end well within the time
   */
  public static String run(Class<?> main, int seconds, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP, "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("child", ".txt");
    try {
      return run(command, output, seconds);
    } finally {
      Files.delete(output);
    }
  }

  private static String run(List<String> command, Path output, int seconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String text = Files.readString(output);
    assertThat(ended).as("ends within %d s; printed: %s", seconds, text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
