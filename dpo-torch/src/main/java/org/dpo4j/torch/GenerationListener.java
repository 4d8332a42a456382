package org.dpo4j.torch;

/** Hears text while it is generated. What it throws ends the generation. */
@FunctionalInterface
public interface GenerationListener {

  /**
   * A piece of a continuation. Its pieces in order are its text.
   *
   * @param prompt index of the prompt
   * @param sample index among the continuations of that prompt
   * @param piece whole characters, at least one
   */
  void onText(int prompt, int sample, String piece);

  /**
   * One that doesn't listen.
   *
   * @return the listener
   */
  static GenerationListener none() {
    return (prompt, sample, piece) -> {};
  }
}
