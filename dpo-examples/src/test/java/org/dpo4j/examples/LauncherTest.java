package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the script {@code dpo} starts, with a java and a build that only say what they are told. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  private static final List<String> MODULES =
      List.of("dpo-core", "dpo-api", "dpo-parquet", "dpo-torch", "dpo-examples");

  private @TempDir Path directory;
  private Path checkout;
  private Path library;

  @BeforeEach
  void aCheckout() throws IOException {
    library = Files.createFile(directory.resolve("library.jar"));
    checkout = Files.createDirectory(directory.resolve("checkout"));
    Files.copy(script(), checkout.resolve("dpo"));
    Files.createFile(checkout.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.createDirectories(checkout.resolve(module).resolve("target/classes"));
      Files.createFile(checkout.resolve(module).resolve("pom.xml"));
    }
    executable(directory.resolve("java/bin/java"), "echo \"$@\"; echo \"LC_ALL=${LC_ALL:-}\"");
    executable(
        checkout.resolve("mvnw"), "echo building; echo -n '" + library + "' > " + classPath());
    Files.writeString(
        checkout.resolve(classPath()),
        "/elsewhere/dpo-api/target/dpo-api-1.jar:/elsewhere/dpo-core/target/classes:" + library);
  }

  /** The repository's, from its root or from the module. */
  private static Path script() {
    return Stream.of(Path.of("dpo"), Path.of("../dpo"))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow();
  }

  private static String classPath() {
    return "dpo-examples/target/class-path";
  }

  private static void executable(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String run() throws IOException, InterruptedException {
    return run(Map.of(), "", 0);
  }

  private String run(Map<String, String> locale, String redirection, int exitCode)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "bash '" + checkout + "/dpo' losses " + redirection)
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().putAll(locale);
    builder.environment().put("JAVA_HOME", directory.resolve("java").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
    return said;
  }

  private String expectedClassPath() throws IOException {
    StringBuilder path = new StringBuilder();
    for (String module : MODULES) {
      path.append(checkout.toRealPath().resolve(module).resolve("target/classes")).append(':');
    }
    return "-cp " + path + library + " org.dpo4j.examples.cli.Dpo losses";
  }

  @Test
  void aCheckoutThatWasBuiltElsewhere_runsItsOwnModules() throws Exception {
    assertThat(run())
        .contains(expectedClassPath())
        .doesNotContain("/elsewhere/")
        .doesNotContain("building");
  }

  @Test
  void aLibraryThatIsGone_isLookedForAgain() throws Exception {
    Files.writeString(checkout.resolve(classPath()), directory.resolve("gone.jar").toString());

    assertThat(run()).contains("building").contains(expectedClassPath());
  }

  @Test
  void aModuleThatWasNotCopied_isBuilt() throws Exception {
    Files.delete(checkout.resolve("dpo-torch/target/classes"));
    executable(checkout.resolve("mvnw"), "mkdir -p dpo-torch/target/classes; echo building");

    assertThat(run()).contains("building").contains(expectedClassPath());
  }

  @Test
  void nativeAccess_isAllowedOnEveryJava() throws Exception {
    assertThat(Splitter.on(' ').split(run())).contains("--enable-native-access=ALL-UNNAMED");
  }

  @ParameterizedTest
  @CsvSource({
    "LANG, '', C.UTF-8",
    "LC_ALL, C, C.UTF-8",
    "LANG, POSIX, C.UTF-8",
    "LANG, de_DE.UTF-8, ''",
    "LC_ALL, ja_JP.UTF-8, ja_JP.UTF-8"
  })
  void namesOfFiles_areUtf8_whereNoLocaleSaysOtherwise(String name, String value, String expected)
      throws Exception {
    assertThat(run(Map.of(name, value), "", 0)).contains("LC_ALL=" + expected + "\n");
  }

  @Test
  void standardOutputThatIsClosed_isToldBeforeAnythingIsComputed() throws Exception {
    assertThat(run(Map.of(), "2>&1 1>&-", 1))
        .isEqualToNormalizingNewlines(
            "dpo: standard output is closed; send results to a file or to /dev/null\n");
  }
}
