package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what compiles and runs. Maven runs tests in the module's folder. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..");

  @Test
  void the_examples_in_the_readme_are_the_compiled_ones() throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    for (String example : List.of("TrainAdapter", "ReadmeExample")) {
      assertThat(block.find()).as("the README has a block of Java for " + example).isTrue();
      String source =
          Files.readString(
              Path.of("src", "main", "java", "org", "dpo4j", "examples", example + ".java"));
      String afterPackage = source.substring(source.indexOf("import "));
      assertThat(squeezed(block.group(1))).isEqualTo(squeezed(afterPackage));
    }
  }

  @Test
  void the_example_runs() {
    ReadmeExample.main(new String[0]);
  }

  /** On this class path it isn't, nor on that of anyone who didn't ask for it. */
  @Test
  void the_examples_run_without_micrometer() {
    assertThatThrownBy(() -> Class.forName("io.micrometer.core.instrument.MeterRegistry"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void the_example_with_a_transformer_runs(@TempDir Path directory) {
    Path tiny = ROOT.resolve(Path.of("dpo-torch", "src", "test", "resources", "models", "llama"));
    Path adapter = directory.resolve("adapter");
    TrainAdapter.main(new String[] {tiny.toString(), adapter.toString()});

    assertThat(adapter.resolve("adapter_config.json")).exists();
    assertThat(adapter.resolve("adapter_model.safetensors")).exists();
  }

  @Test
  void relative_links_in_the_documents_lead_somewhere() throws IOException {
    int links = 0;
    for (Path document : documents()) {
      Matcher link =
          Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(Files.readString(document));
      while (link.find()) {
        links++;
        assertThat(document.resolveSibling(link.group(1))).as("link in %s", document).exists();
      }
    }
    assertThat(links).isGreaterThan(5);
  }

  private static Iterable<Path> documents() throws IOException {
    try (var docs = Files.list(ROOT.resolve("docs"));
        var root = Files.list(ROOT)) {
      return Stream.concat(docs, root).filter(path -> path.toString().endsWith(".md")).toList();
    }
  }

  /** White space is the formatter's business. */
  private static String squeezed(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
