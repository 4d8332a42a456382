package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.dpo4j.api.DataSummary;

/**
 * A dataset with what is known of its files.
 *
 * @param <D> the dataset, for instance {@code PreferenceDataset}
 */
public final class FileData<D> implements AutoCloseable {

  private final D dataset;
  private final DataSummary summary;
  private final ImmutableList<Path> temporary;

  FileData(D dataset, DataSummary summary, ImmutableList<Path> temporary) {
    this.dataset = dataset;
    this.summary = summary;
    this.temporary = temporary;
  }

  /**
   * The examples, in the order of files and records. Unless they were read into memory each is read
   * from its file when it is asked for, and any thread may ask.
   *
   * @return the dataset
   */
  public D dataset() {
    return dataset;
  }

  /**
   * What was read, kept and skipped.
   *
   * @return to be printed and kept
   */
  public DataSummary summary() {
    return summary;
  }

  /**
   * Deletes temporary files, after which examples that came from compressed files can't be read any
   * more. What is not closed is deleted when the JVM ends.
   */
  @Override
  public void close() {
    for (Path file : temporary) {
      try {
        TemporaryFiles.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
      }
    }
  }

  @Override
  public String toString() {
    return summary.toString();
  }
}
