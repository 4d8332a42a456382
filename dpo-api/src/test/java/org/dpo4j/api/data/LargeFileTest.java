package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeFileTest {

  private static final int RECORDS = 60_000;

  private @TempDir Path directory;

  @Test
  void aFileLargerThanTheHeapTrainsInARandomOrder() throws Exception {
    Path file = directory.resolve("large.jsonl");
    write(file);

    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-cp",
                String.join(
                    File.pathSeparator,
                    System.getProperty("java.class.path"),
                    System.getProperty("jdk.module.path", "")),
                LargeFileTest.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(said).isZero();
    assertThat(Files.size(file)).isGreaterThan(2 * 32 * 1024 * 1024);
    assertThat(said).contains("trained on 60000 pairs, heap of 3");
  }

  /** Most of a record is what nobody reads, so that tokenizing does not take the time. */
  private static void write(Path file) throws IOException {
    String padding = "x".repeat(1_100);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < RECORDS; i++) {
        out.write(
            "{\"prompt\":\"is it\",\"chosen\":\" good\",\"rejected\":\" bad\",\"meta\":\""
                + padding
                + "\"}\n");
      }
    }
  }

  /** Trains on {@code args[0]}. */
  public static void main(String[] args) {
    try (FileData<PreferenceDataset> data = PreferenceFiles.at(Path.of(args[0])).pairs()) {
      TrainingReport report =
          DpoTrainer.builder()
              .policy(TabularPolicy.of(WordTokenizer.of(List.of("is it good bad"))))
              .batchSize(60)
              .build()
              .train(data.dataset());
      System.out.printf(
          Locale.ROOT,
          "trained on %d pairs, heap of %d MiB%n",
          report.data().examples(),
          Runtime.getRuntime().maxMemory() >> 20);
    }
  }
}
