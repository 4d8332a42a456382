package org.dpo4j.torch.internal.template;

/**
 * Ends a rendering at once. An error and not an exception, because the Jinja library notes
 * exceptions and goes on.
 */
final class Halt extends Error {

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

  /** The line of what the library was given, or 0. */
  int line() {
    return line;
  }
}
