package org.dpo4j.core.backend;

import java.io.IOException;
import java.io.InputStream;

/** Gives a state back, piece by piece. */
@FunctionalInterface
public interface StateSource {

  /**
   * Opens a piece.
   *
   * @param name under which it was written
   * @return its bytes, buffered; to be closed
   * @throws IOException if there is none of that name, or it can't be read
   */
  InputStream open(String name) throws IOException;
}
