package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files of options in docs/configs, called as they say themselves, on a model of a few words.
 */
class ExampleConfigsTest {

  private static final String CALL = "#   ./dpo ";

  private static @TempDir Path model;

  private @TempDir Path own;

  @BeforeAll
  static void aChatModel() throws IOException {
    FewWords.writeModel(model);
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{% for message in messages %}{{ message.content }} {% endfor %}");
  }

  /** From the repository's root or from the module. */
  private static Path configs() {
    return Stream.of(Path.of("docs/configs"), Path.of("../docs/configs"))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow();
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(configs())) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void anExample_runsAsItSays(Path file) throws IOException {
    CalledDpo called = call(file, own.resolve("out"));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(own.resolve("out")).isNotEmptyDirectory();
  }

  private CalledDpo call(Path file, Path out) throws IOException {
    String call =
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith(CALL))
            .map(line -> line.substring(CALL.length()))
            .findFirst()
            .orElseThrow();
    List<Object> arguments = new ArrayList<>();
    for (String word : Splitter.on(' ').split(call)) {
      arguments.add(
          switch (word) {
            case "MODEL" -> model;
            case "DATA" -> data(file);
            case "runs/sft/final" -> adapter();
            default ->
                word.startsWith("docs/")
                    ? configs().resolve(Path.of(word).getFileName())
                    : word.startsWith("runs/") ? out : word;
          });
    }
    if (!arguments.contains("reward-model")) {
      arguments.addAll(List.of("--max-steps", 2));
    }
    return CalledDpo.with(arguments.toArray());
  }

  private Path adapter() throws IOException {
    Path sft = own.resolve("sft");
    CalledDpo called = call(configs().resolve("sft-chat.yaml"), sft);
    assertThat(called.exitCode()).as(called.err()).isZero();
    return sft.resolve("final");
  }

  private Path data(Path config) throws IOException {
    boolean thumbs = config.getFileName().toString().startsWith("kto");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String prompt = "how" + " very".repeat(i);
      lines.add(
          thumbs
              ? "{\"prompt\":\""
                  + prompt
                  + "\",\"completion\":\"good\",\"label\":"
                  + (i % 2 == 0)
                  + "}"
              : "{\"prompt\":\"" + prompt + "\",\"chosen\":\"good\",\"rejected\":\"bad\"}");
    }
    return Files.write(own.resolve(config.getFileName() + ".jsonl"), lines);
  }

  @Test
  void examples_areOfDifferentTasks() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(5);
  }
}
