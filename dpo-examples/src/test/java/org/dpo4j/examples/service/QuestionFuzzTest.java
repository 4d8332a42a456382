package org.dpo4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Damaged questions: understood, or refused with a reason. {@code -Ddpo.fuzz.seconds=600} goes on
 * so long.
 */
@Tag("fuzz")
final class QuestionFuzzTest {

  private static final int ROUNDS = 20_000;
  private static final long SECONDS = Long.getLong("dpo.fuzz.seconds", 0);
  private static final Question.Limits LIMITS = new Question.Limits(4, 8, 64, 7);
  private static final String VALID =
      "{\"prompt\": \"How do I do it?\", \"n\": 3, \"max_tokens\": 20, \"seed\": 5}";
  private static final List<String> PARTS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "1e999999999",
          "-1",
          "0.5",
          "null",
          "NaN",
          "\"n\":2,",
          "\\ud800",
          "\u0000",
          "9223372036854775808",
          "[".repeat(9000),
          "//",
          "\ufeff",
          "1".repeat(5000));

  @Test
  void damagedQuestion_isUnderstoodOrRefused() {
    Random random = new Random(20_261_201);
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    int understood = 0;
    int round = 0;
    for (; round < ROUNDS || System.nanoTime() < end; round++) {
      StringBuilder text = new StringBuilder(VALID);
      for (int change = random.nextInt(3); change >= 0; change--) {
        int at = random.nextInt(text.length() + 1);
        if (random.nextBoolean()) {
          text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
        } else {
          text.delete(at, Math.min(text.length(), at + random.nextInt(6)));
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(10) == 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) 0x80;
      }
      Throwable thrown = catchThrowable(() -> Question.parse(bytes, LIMITS));
      if (thrown == null) {
        understood++;
      } else {
        assertThat(thrown)
            .as(text.toString())
            .isExactlyInstanceOf(IllegalArgumentException.class)
            .hasMessageNotContaining("\u0000");
      }
    }
    assertThat(understood).isBetween(round / 50, round * 9 / 10);
  }
}
