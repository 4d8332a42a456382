package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script, in a checkout whose Maven and Java say how they are called. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {

  private @TempDir Path folder;
  private Path checkout;

  @BeforeEach
  void aCheckout() throws IOException {
    checkout = Files.createDirectory(folder.toRealPath().resolve("checkout"));
    Files.copy(Path.of("../dpo"), checkout.resolve("dpo"));
    Files.writeString(checkout.resolve("pom.xml"), "");
    for (String module :
        List.of("dpo-core", "dpo-api", "dpo-parquet", "dpo-torch", "dpo-examples")) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.writeString(checkout.resolve(module).resolve("pom.xml"), "");
    }
    script(
        checkout.resolve("mvnw"),
        "mkdir -p dpo-examples/target && echo \"$PWD/dpo-core/target/classes\" > dpo-examples/target/class-path");
    script(
        Files.createDirectories(folder.resolve("java/bin")).resolve("java"),
        "echo \"LC_ALL=${LC_ALL:-}\"; printf '%s\\n' \"$@\"");
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String run(Path root, Map<String, String> environment, String more) throws Exception {
    ProcessBuilder process =
        new ProcessBuilder("bash", "-c", "bash '" + root.resolve("dpo") + "' losses " + more)
            .redirectErrorStream(true);
    process.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    process.environment().put("JAVA_HOME", folder.resolve("java").toString());
    process.environment().putAll(environment);
    Process started = process.start();
    String printed = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return printed + "exit code " + started.waitFor();
  }

  @Test
  void aCheckout_isBuiltOnce_andAgainWhereItWasMoved() throws Exception {
    assertThat(run(checkout, Map.of(), "")).startsWith("dpo: building, once").endsWith("code 0");
    assertThat(run(checkout, Map.of(), "")).doesNotContain("building");

    Path moved = Files.move(checkout, checkout.resolveSibling("moved"));

    assertThat(run(moved, Map.of(), ""))
        .startsWith("dpo: building, once")
        .contains(moved + "/dpo-core/target/classes")
        .doesNotContain(checkout + "/");
    assertThat(run(moved, Map.of(), "")).doesNotContain("building");
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
    assertThat(run(checkout, Map.of(name, value), "")).contains("LC_ALL=" + expected + "\n");
  }

  @Test
  void standardOutputThatIsClosed_isToldBeforeAnythingIsComputed() throws Exception {
    assertThat(run(checkout, Map.of(), "2>&1 1>&-"))
        .isEqualToNormalizingNewlines(
            "dpo: standard output is closed; send results to a file or to /dev/null\nexit code 1");
  }
}
