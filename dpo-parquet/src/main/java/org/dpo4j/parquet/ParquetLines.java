package org.dpo4j.parquet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/** The rows of a Parquet file as JSON lines, made as they are read. Not for several threads. */
final class ParquetLines extends InputStream {

  private final Path file;
  private final ParquetFileReader reader;
  private final MessageType schema;
  private final MessageColumnIO columns;
  private @Nullable RecordReader<Group> rows;
  private long rowsLeft;
  private byte[] line = new byte[0];
  private int at;

  private ParquetLines(Path file, ParquetFileReader reader) {
    this.file = file;
    this.reader = reader;
    this.schema = reader.getFooter().getFileMetaData().getSchema();
    this.columns = new ColumnIOFactory().getColumnIO(schema);
  }

  /**
   * Opens a file.
   *
   * @throws IllegalArgumentException if it is no Parquet file
   */
  static ParquetLines of(Path file) throws IOException {
    if (Files.size(file) < 12) {
      throw broken(file, "it has " + Files.size(file) + " bytes", null);
    }
    ParquetFileReader reader;
    try {
      reader =
          ParquetFileReader.open(
              new LocalInputFile(file),
              ParquetReadOptions.builder().withCodecFactory(new Codecs()).build());
    } catch (IOException | RuntimeException e) {
      throw broken(file, String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw broken(file, "its footer asks for more memory than there is", e);
    }
    try {
      return new ParquetLines(file, reader);
    } catch (RuntimeException e) {
      reader.close();
      throw broken(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static IllegalArgumentException broken(
      Path file, String problem, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: is not a whole Parquet file, or can't be read: %s",
            file,
            Shown.text(problem)),
        cause);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (at == line.length && !nextLine()) {
      return -1;
    }
    int count = Math.min(length, line.length - at);
    System.arraycopy(line, at, into, offset, count);
    at += count;
    return count;
  }

  private boolean nextLine() {
    try {
      while (rowsLeft == 0) {
        PageReadStore group = reader.readNextRowGroup();
        if (group == null) {
          return false;
        }
        rowsLeft = group.getRowCount();
        rows = columns.getRecordReader(group, new GroupRecordConverter(schema));
      }
      Group row = Objects.requireNonNull(rows).read();
      rowsLeft--;
      line = (Rows.json(row) + "\n").getBytes(StandardCharsets.UTF_8);
      at = 0;
      return true;
    } catch (IOException | RuntimeException e) {
      // A damaged file and a damaged disk look the same from here.
      throw broken(file, String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      // Damaged bytes ask for any number of others, and nothing was changed by asking.
      throw broken(file, "a row group asks for more memory than there is", e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
