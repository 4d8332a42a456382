package org.dpo4j.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;

/** Runs in directories: what is trained on, and what they leave. */
final class Runs {

  static final PreferenceDataset PAIRS =
      PreferenceDataset.of(
          pair("I really loved this film:", " the acting was superb.", " the plot."),
          pair("A reward is", " the log ratio of two policies", " a small fox"),
          pair("Once upon a time", " a small fox learned", " the story moved me"),
          pair("The story", " moved me", " was the plot of a film."),
          pair("A small fox", " learned the log ratio", " loved"),
          pair("Two policies", " are a reward", " upon a time"));

  private Runs() {}

  private static PreferencePair pair(String prompt, String chosen, String rejected) {
    return PreferencePair.of(prompt, chosen, rejected).withId(prompt);
  }

  /** The metrics without their times. */
  static List<String> lines(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll(",\"time\":[0-9.E-]+}", "}"))
        .toList();
  }

  /**
   * All that a policy, its optimizer and its reference saved in a checkpoint or at the end.
   *
   * @return the bytes by their place, as text so that a difference can be read
   */
  static Map<String, String> state(Path checkpoint) throws IOException {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> files = Files.walk(checkpoint)) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("checkpoint.json") && !file.endsWith("README.md"))
          .forEach(file -> state.put(checkpoint.relativize(file).toString(), text(file)));
    }
    return state;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> checkpoints(Path run) throws IOException {
    try (Stream<Path> inside = Files.list(run.resolve("checkpoints"))) {
      return inside.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
