package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import picocli.CommandLine.Option;

/** How much is taken of data, held-out examples that are parted from it included. */
final class AmountOptions {

  @Option(
      names = "--mix",
      split = ",",
      paramLabel = "SHARE",
      description =
          "Mix the paths of --data in these shares, one a path: as many examples as there are in such a mixture,"
              + " drawn by --seed.")
  List<Double> shares = List.of();

  @Option(
      names = "--max-samples",
      paramLabel = "N",
      description = "Take at most so many examples of --data, drawn by --seed (all).")
  Optional<Integer> most = Optional.empty();

  /**
   * Data that was read, open for as long as it is used.
   *
   * @param files what it was read from
   * @param dataset what is taken of it
   */
  record Taken<T>(ImmutableList<FileData<?>> files, Dataset<T> dataset) implements AutoCloseable {

    /** What was read first. */
    DataSummary summary() {
      return files.get(0).summary();
    }

    @Override
    public void close() {
      files.forEach(FileData::close);
    }
  }

  /**
   * Reads data and takes what was asked for.
   *
   * @param reading makes data of files
   * @param dataset of such data
   * @param err is told what was read
   */
  <D, T> Taken<T> read(
      DataOptions data,
      Function<PreferenceFiles, FileData<D>> reading,
      Function<D, Dataset<T>> dataset,
      long seed,
      PrintWriter err) {
    ImmutableList.Builder<FileData<?>> files = ImmutableList.builder();
    ImmutableList.Builder<Dataset<T>> parts = ImmutableList.builder();
    for (PreferenceFiles part : shares.isEmpty() ? List.of(data.files()) : data.each()) {
      FileData<D> read = reading.apply(part);
      err.println(read.summary());
      files.add(read);
      parts.add(dataset.apply(read.dataset()));
    }
    return new Taken<>(files.build(), taken(parts.build(), seed));
  }

  private <T> Dataset<T> taken(List<Dataset<T>> parts, long seed) {
    Dataset<T> all = shares.isEmpty() ? parts.get(0) : Dataset.mix(parts, shares, seed);
    return most.map(count -> all.sample(count, seed)).orElse(all);
  }
}
