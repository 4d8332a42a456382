package org.dpo4j.api.data.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Reads files of a kind that is not text. Stateless: safe to call from several threads. */
public interface RecordSource {

  /**
   * The ending of such files' names.
   *
   * @return in lower case, with its dot, for instance {@code .parquet}
   */
  String ending();

  /**
   * What such files are called in messages.
   *
   * @return for instance {@code Parquet}
   */
  String kind();

  /**
   * The records of a file as JSON lines: one object a record and line, in the file's order, UTF-8,
   * each line ended by {@code \n}. The same bytes each time. They should be made as they are read,
   * since there may be more of them than memory.
   *
   * @param file there when it is asked for
   * @return to be read once, and closed by the caller
   * @throws IllegalArgumentException if the file is no such file, or holds what can't be read; the
   *     message begins with its path. Reading from the stream may throw it, too
   * @throws IOException if the file can't be read
   */
  InputStream jsonLines(Path file) throws IOException;
}
