package org.dpo4j.torch.internal.template;

/** Ends a rendering: the template fails, asks for too much, or gets to what is not supported. */
final class Halt extends RuntimeException {

  private static final long serialVersionUID = 1;

  private int line;

  Halt(String message) {
    super(message, null, false, false);
  }

  /** This, with a line if it had none. */
  Halt at(int place) {
    line = line == 0 ? place : line;
    return this;
  }

  /** The template's line, or 0. */
  int line() {
    return line;
  }
}
