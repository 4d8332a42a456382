package org.dpo4j.torch.internal.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CharactersTest {

  /** Of odd length, so that pieces end within characters of two chars each. */
  private static final String LONG = "aß\uD801\uDC28ǰ\u0130ΑΣ ".repeat(400);

  @Test
  void aLongText_hasTheCasesOfAShortOne() {
    assertThat(Characters.upper(LONG)).isEqualTo(LONG.toUpperCase(Locale.ROOT));
    assertThat(Characters.lower(LONG)).isEqualTo(LONG.toLowerCase(Locale.ROOT));
    assertThat(Characters.lower("ΑΣ\u0130Σ\u0130"))
        .isEqualTo("ΑΣ\u0130Σ\u0130".toLowerCase(Locale.ROOT));
  }

  /** Java's own way takes minutes. */
  @Test
  @Timeout(60)
  void charactersThatBecomeTwo_takeLinearTime() {
    assertThat(Characters.upper("ß".repeat(1_000_000))).hasSize(2_000_000);
    assertThat(Characters.lower("\u0130".repeat(1_000_000))).hasSize(2_000_000);
  }
}
