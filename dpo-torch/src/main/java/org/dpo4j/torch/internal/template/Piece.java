package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;

/** A part of a template. White space that the template asks to drop is gone already. */
sealed interface Piece {

  /** Where it begins. */
  int line();

  /** Text that is copied. */
  record Literal(String text, int line) implements Piece {}

  /** {@code {{ … }}}. */
  record Print(ImmutableList<Token> tokens, int line) implements Piece {}

  /** {@code {% … %}}. */
  record Statement(ImmutableList<Token> tokens, int line) implements Piece {}
}
