package org.dpo4j.parquet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.dpo4j.api.data.spi.RecordSource;

/**
 * Reads Parquet files, a row group in memory at a time. Strings become text, lists arrays, structs
 * and maps objects; bytes that are not said to be text are text if they are UTF-8, and Base64 if
 * not; a floating-point number that is none becomes text. Compressed by Snappy, Zstandard, gzip or
 * not at all.
 */
public final class ParquetSource implements RecordSource {

  /** Made by {@link java.util.ServiceLoader}. */
  public ParquetSource() {}

  @Override
  public String ending() {
    return ".parquet";
  }

  @Override
  public String kind() {
    return "Parquet";
  }

  @Override
  public InputStream jsonLines(Path file) throws IOException {
    return ParquetLines.of(file);
  }
}
