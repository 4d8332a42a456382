package org.dpo4j.torch.internal.tokenizer;

import java.util.OptionalInt;

/** Halves of characters beyond U+FFFF that stand alone: Java allows them, UTF-8 does not. */
final class Surrogates {

  private Surrogates() {}

  static OptionalInt firstAlone(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return OptionalInt.of(i);
        }
        i++;
      }
    }
    return OptionalInt.empty();
  }
}
