package org.dpo4j.core.math;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ShownTest {

  @Test
  void plainText_isItself() {
    assertThat(Shown.text("model.layers.0 [é] 😀")).isEqualTo("model.layers.0 [é] 😀");
  }

  @Test
  void whatDoesNotPrint_isEscaped() {
    assertThat(Shown.text("a\n\u001b[31m\u202eb\u2028\ud800\u0085"))
        .isEqualTo("a\\u000a\\u001b[31m\\u202eb\\u2028\\ud800\\u0085");
  }

  @Test
  void longText_isCut() {
    assertThat(Shown.text("😀".repeat(200))).isEqualTo("😀".repeat(200));
    assertThat(Shown.text("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
  }
}
