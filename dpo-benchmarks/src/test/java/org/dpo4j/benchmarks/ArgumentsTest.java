package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

  private static final ImmutableList<String> NAMES =
      ImmutableList.of("--model", "--rounds", "--threads");

  @Test
  void values_asGiven_orOtherwise() {
    Arguments given = parse("--model", "m", "--rounds", "3");
    assertThat(given.model()).isEqualTo(Path.of("m"));
    assertThat(given.atLeastOne("--rounds", 5)).isEqualTo(3);
    assertThat(given.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(given.get("--script", "s")).isEqualTo("s");
    assertThat(given.get("--script")).isEmpty();
  }

  @Test
  void mistakes_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--round", "3"))
        .withMessage("options are [--model, --rounds, --threads], got '--round'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--model"))
        .withMessage("--model must be followed by a value, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--rounds", "none").atLeastOne("--rounds", 5))
        .withMessage("--rounds must be a number ≥ 1, got 'none'");
  }

  private static Arguments parse(String... arguments) {
    return Arguments.parse(ImmutableList.copyOf(arguments), NAMES);
  }
}
