package org.dpo4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nothing on the class path of all modules has a version with an advisory in {@code
 * advisories.json}, be it a jar of its own or packed into another.
 */
class AdvisoriesTest {

  /** A jar's place in a Maven repository: group, artifact, version. */
  private static final Pattern REPOSITORY =
      Pattern.compile(".*/repository/(.+)/([^/]+)/([^/]+)/\\2-\\3[^/]*\\.jar");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /**
   * A library.
   *
   * @param component {@code group:artifact}
   * @param version as it is published
   * @param in the jar it was found in
   */
  private record Library(String component, String version, String in) {}

  /**
   * Something that is wrong with versions before another.
   *
   * @param component {@code group:artifact}
   * @param fixed the first version without it
   * @param id its number
   */
  private record Advisory(String component, String fixed, String id) {

    boolean concerns(Library library) {
      return library.component().equals(component) && isBefore(library.version(), fixed);
    }
  }

  @Test
  void libraries_haveNoKnownAdvisory() throws IOException {
    List<Library> libraries = onClassPath();
    List<String> found = new ArrayList<>();
    for (Advisory advisory : advisories()) {
      libraries.stream()
          .filter(advisory::concerns)
          .map(it -> it + " has " + advisory.id() + ", fixed in " + advisory.fixed())
          .forEach(found::add);
    }

    assertThat(found).isEmpty();
  }

  /** Those that say what they are in the jar, those that only have a name, and packed ones. */
  @Test
  void libraries_areFoundWhereverTheyAre() throws IOException {
    assertThat(onClassPath())
        .extracting(Library::component)
        .contains(
            "com.google.guava:guava",
            "ai.djl:api",
            "org.xerial.snappy:snappy-java",
            "com.fasterxml.jackson.core:jackson-databind");
  }

  @ParameterizedTest
  @CsvSource({
    "2.19.4, 2.21.5, true",
    "2.21.5, 2.21.5, false",
    "2.22, 2.21.5, false",
    "33.8.0-jre, 32.0.0, false",
    "1.1.10.3, 1.1.10.4, true",
    "1.1.10.10, 1.1.10.4, false",
    "2.0, 2.0.0, false"
  })
  void versions_areComparedByTheirNumbers(String version, String fixed, boolean before) {
    assertThat(isBefore(version, fixed)).isEqualTo(before);
  }

  private static boolean isBefore(String version, String other) {
    List<Integer> numbers = numbers(version);
    List<Integer> others = numbers(other);
    for (int i = 0; i < Math.max(numbers.size(), others.size()); i++) {
      int difference =
          Integer.compare(
              i < numbers.size() ? numbers.get(i) : 0, i < others.size() ? others.get(i) : 0);
      if (difference != 0) {
        return difference < 0;
      }
    }
    return false;
  }

  private static List<Integer> numbers(String version) {
    return NUMBER.matcher(version).results().map(it -> Integer.valueOf(it.group())).toList();
  }

  private static List<Advisory> advisories() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(AdvisoriesTest.class.getResourceAsStream("/advisories.json"))) {
      JsonArray all =
          JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
              .getAsJsonArray();
      List<Advisory> advisories = new ArrayList<>();
      for (JsonElement each : all) {
        advisories.add(
            new Advisory(
                each.getAsJsonObject().get("component").getAsString(),
                each.getAsJsonObject().get("fixed").getAsString(),
                each.getAsJsonObject().get("id").getAsString()));
      }
      return advisories;
    }
  }

  private static List<Library> onClassPath() throws IOException {
    List<Library> libraries = new ArrayList<>();
    for (String entry :
        Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path", ""))) {
      if (entry.endsWith(".jar")) {
        byPlace(entry).forEach(libraries::add);
        libraries.addAll(packedIn(Path.of(entry)));
      }
    }
    return libraries;
  }

  private static Stream<Library> byPlace(String jar) {
    Matcher place = REPOSITORY.matcher(jar.replace('\\', '/'));
    return place.matches()
        ? Stream.of(
            new Library(
                place.group(1).replace('/', '.') + ":" + place.group(2), place.group(3), jar))
        : Stream.empty();
  }

  private static List<Library> packedIn(Path jar) throws IOException {
    List<Library> libraries = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        if (entry.getName().startsWith("META-INF/maven/")
            && entry.getName().endsWith("/pom.properties")) {
          Properties properties = new Properties();
          try (InputStream in = zip.getInputStream(entry)) {
            properties.load(in);
          }
          libraries.add(
              new Library(
                  properties.getProperty("groupId", "")
                      + ":"
                      + properties.getProperty("artifactId", ""),
                  properties.getProperty("version", ""),
                  jar.toString()));
        }
      }
    }
    return libraries;
  }
}
