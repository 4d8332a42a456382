package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToyWorldTest {

  @Test
  void dpo_reaches_the_closed_form_and_every_loss_has_a_row() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    List<Double> divergences = ToyWorld.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(divergences)
        .hasSize(3)
        .allSatisfy(divergence -> assertThat(divergence).isLessThan(1e-6));
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(printed).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(printed.lines().toList()).containsAll(rowsInTheDocument());
  }

  /** Rows of convex losses, whose three decimals do not depend on the platform's last digits. */
  private static List<String> rowsInTheDocument() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "losses.md")).stream()
            .filter(line -> line.matches("(dpo|cdpo|ipo|sft) .*"))
            .toList();
    assertThat(rows).hasSize(4);
    return rows;
  }
}
