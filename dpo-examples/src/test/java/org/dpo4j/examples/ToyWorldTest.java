package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToyWorldTest {

  @Test
  void dpo_reaches_the_closed_form_and_every_loss_has_a_row() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    List<Double> divergences = ToyWorld.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(divergences)
        .hasSize(3)
        .allSatisfy(divergence -> assertThat(divergence).isLessThan(1e-6));
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(printed.lines())
        .anyMatch(line -> line.startsWith("dpo ") && line.contains(" 0.303 "))
        .anyMatch(line -> line.startsWith("orpo "));
    assertThat(printed).doesNotContain("NaN").doesNotContain("Infinity");
  }
}
