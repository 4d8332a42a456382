package org.dpo4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.api.Losses;
import org.dpo4j.core.loss.DifferenceLoss;
import org.dpo4j.core.loss.Objective;
import org.junit.jupiter.api.Test;

/** The table in docs/losses.md says what the code does. */
class LossTableTest {

  @Test
  void every_loss_has_a_row_that_is_true() throws Exception {
    Map<String, List<String>> rows = rows();
    Map<String, List<String>> facts = new TreeMap<>();
    for (Method factory : Losses.class.getDeclaredMethods()) {
      if (Modifier.isPublic(factory.getModifiers())
          && Objective.class.isAssignableFrom(factory.getReturnType())) {
        facts.put(factory.getName(), facts(factory));
      }
    }

    assertThat(rows).hasSizeGreaterThan(20).isEqualTo(facts);
  }

  /** Name, reference, margins, f-divergence, coupled. */
  private static List<String> facts(Method factory) throws ReflectiveOperationException {
    Object[] arguments = new Object[factory.getParameterCount()];
    Arrays.fill(arguments, 0.25);
    Objective<?> loss = (Objective<?>) factory.invoke(null, arguments);
    return List.of(
        loss.name(),
        yes(loss.traits().needsReference()),
        yes(loss.traits().usesMargins()),
        yes(loss instanceof DifferenceLoss),
        yes(loss.traits().couplesBatch()));
  }

  /** Factory to the cells after it, the last one (a description) left out. */
  private static Map<String, List<String>> rows() throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "losses.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 9 && cells[1].contains("(")) {
        String factory = cells[1].strip().replaceAll("[`]|\\(.*", "");
        rows.put(
            factory,
            Arrays.stream(cells, 2, 7).map(cell -> cell.strip().replace("`", "")).toList());
      }
    }
    return rows;
  }

  private static String yes(boolean fact) {
    return fact ? "yes" : "no";
  }
}
