package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import java.util.function.Function;
import org.dpo4j.api.Dataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutOptionsTest {

  /** Two examples of each of ten records. */
  private static final Dataset<String> PLACES =
      Dataset.from(20, i -> "a.jsonl:" + (i / 2 + 1) + "#" + (i % 2 + 1));

  private static final Dataset<String> FEW = Dataset.from(9, PLACES::get);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatWasMadeOfOneRecord_isLearntOrHeldOutTogether(long seed) {
    HeldOutOptions options = new HeldOutOptions();
    options.fraction = Optional.of(0.3);

    HeldOutOptions.Parts<String> parts =
        options.divide(PLACES, Optional.empty(), seed, Function.identity());

    Dataset<String> heldOut = parts.heldOut().orElseThrow();
    assertThat(heldOut.map(place -> place.substring(0, place.indexOf('#'))))
        .hasSize(6)
        .doesNotContainAnyElementsOf(
            parts.train().map(place -> place.substring(0, place.indexOf('#'))));
  }

  @Test
  void ofTooFewExamples_theDefaultShareIsNone() {
    HeldOutOptions.Parts<String> parts =
        new HeldOutOptions().divide(FEW, Optional.empty(), 1, Function.identity());

    assertThat(parts.heldOut()).isEmpty();
    assertThat(parts.train()).containsExactlyElementsOf(FEW);
  }

  @Test
  void aShareThatWasAskedForAndIsNone_isRefused() {
    HeldOutOptions options = new HeldOutOptions();
    options.fraction = Optional.of(0.05);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.divide(FEW, Optional.empty(), 1, Function.identity()))
        .withMessageStartingWith("a held-out share of 0.05 leaves 0 of 9 ");
  }
}
