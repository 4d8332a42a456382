package org.dpo4j.core.backend;

import java.io.IOException;
import java.io.OutputStream;

/** Takes a state as a few named pieces. Whoever provides it sees to it that all or none stay. */
public interface StateSink {

  /** What a piece holds. */
  @FunctionalInterface
  interface Content {

    /**
     * Writes the piece, once.
     *
     * @param out buffered; need not be closed
     * @throws IOException if it can't be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Takes a piece.
   *
   * @param name as a file would have it, of letters, digits, {@code . _ -}; once a state
   * @param content called before this returns
   * @throws IOException if it can't be written
   */
  void write(String name, Content content) throws IOException;
}
