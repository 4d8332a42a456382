package org.dpo4j.api.data.records;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.dpo4j.api.data.spi.RecordSource;

/** How text is inside a file. */
sealed interface Packing {

  /** The text. */
  InputStream open(Path file) throws IOException;

  /** As it is. */
  record None() implements Packing {
    @Override
    public InputStream open(Path file) throws IOException {
      return Files.newInputStream(file);
    }
  }

  /** Compressed. */
  record Gzip() implements Packing {
    @Override
    public InputStream open(Path file) throws IOException {
      InputStream in = Files.newInputStream(file);
      try {
        return new GZIPInputStream(new BufferedInputStream(in), 1 << 16);
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    }
  }

  /** Made by somebody who knows how. */
  record Table(RecordSource source) implements Packing {
    @Override
    public InputStream open(Path file) throws IOException {
      return source.jsonLines(file);
    }
  }
}
