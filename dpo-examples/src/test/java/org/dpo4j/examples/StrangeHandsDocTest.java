package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/strange-hands.md} names tests that there are. */
class StrangeHandsDocTest {

  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void eachTestThatIsNamed_isThere() throws IOException {
    List<Path> sources = testSources();
    List<String> missing =
        NAMED
            .matcher(Files.readString(Path.of("../docs/strange-hands.md")))
            .results()
            .filter(named -> !isThere(sources, named.group(1), named.group(2)))
            .map(named -> named.group())
            .toList();

    assertThat(missing).isEmpty();
  }

  private static List<Path> testSources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      return files
          .filter(file -> file.toString().matches(".*/src/test/java/.*Test\\.java"))
          .toList();
    }
  }

  private static boolean isThere(List<Path> sources, String type, String method) {
    return sources.stream()
        .filter(file -> file.endsWith(type + ".java"))
        .anyMatch(file -> read(file).contains(" " + method + "("));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
