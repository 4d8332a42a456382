package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreshProcessTest {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @Test
  void lastLine_ofWhatWasPrinted() throws IOException {
    assertThat(FreshProcess.lastLine(List.of(JAVA, "--version"))).contains("VM");
  }

  @Test
  void lastLine_commandFails_saysWhatItSaid() {
    assertThatIllegalStateException()
        .isThrownBy(() -> FreshProcess.lastLine(List.of(JAVA, "-XX:NoSuchOption")))
        .withMessageContaining("-XX:NoSuchOption] ended with status 1 and said:")
        .withMessageContaining("Could not create the Java Virtual Machine");
  }
}
