package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.dpo4j.api.Dataset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What is held out. */
final class HeldOutOptions {

  private static final Logger LOG = LoggerFactory.getLogger(HeldOutOptions.class);
  private static final double DEFAULT_SHARE = 0.05;
  private static final Pattern PART = Pattern.compile("#\\d+$");

  @Option(
      names = "--eval",
      split = PathNames.COMMA,
      converter = PathNames.class,
      paramLabel = "FILE",
      description = "Held-out data, in any format that --data has.")
  List<Path> files = List.of();

  @Option(
      names = "--eval-fraction",
      paramLabel = "SHARE",
      description =
          "Or hold out a share of --data (0.05 where there is no --eval, none of fewer than 10 examples; 0 for none).")
  Optional<Double> fraction = Optional.empty();

  /** Whether there is nothing to evaluate on. */
  boolean holdsNothingOut() {
    return files.isEmpty() && fraction.orElse(DEFAULT_SHARE) == 0;
  }

  /**
   * What to learn from, and what to evaluate on.
   *
   * @param heldOut empty if nothing is held out
   */
  record Parts<T>(Dataset<T> train, Optional<Dataset<T>> heldOut) {

    /** The first of what is held out, or else of what is learnt. */
    List<T> some(int most) {
      Dataset<T> from = heldOut.orElse(train);
      return IntStream.range(0, Math.min(most, from.size())).mapToObj(from::get).toList();
    }
  }

  /**
   * Divides data as the options say; what was made of one record stays together.
   *
   * @param apart what was read of --eval, if it was given
   * @param id of an example: its place
   */
  <T> Parts<T> divide(
      Dataset<T> all, Optional<Dataset<T>> apart, long seed, Function<T, String> id) {
    double share = fraction.orElse(DEFAULT_SHARE);
    if (apart.isPresent() || share == 0) {
      return new Parts<>(all, apart);
    }
    if (fraction.isEmpty() && Math.round(share * all.size()) == 0) {
      LOG.warn(
          "nothing is held out, and nothing evaluated: {} of {} examples is none; ask for more by"
              + " --eval-fraction, or give others with --eval",
          share,
          all.size());
      return new Parts<>(all, apart);
    }
    Dataset.Split<T> split = all.split(share, seed, example -> record(id.apply(example)));
    return new Parts<>(split.train(), Optional.of(split.heldOut()));
  }

  /**
   * The place of the record: {@code train.jsonl:17} of its second pair, {@code train.jsonl:17#2}.
   */
  private static String record(String place) {
    return PART.matcher(place).replaceFirst("");
  }
}
