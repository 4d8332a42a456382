package org.dpo4j.api;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterators;
import com.google.common.collect.Lists;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;

/**
 * Examples in an order, of any kind: rankings, thumbs up and down. Pairs have {@link
 * PreferenceDataset}. A view: reordering, splitting and mapping keep an index of 4 bytes an
 * example, never a second copy of the texts. Immutable.
 *
 * @param <T> what an example is, for instance {@link RankedExample}
 */
public final class Dataset<T> implements Iterable<T> {

  /**
   * Two parts of a dataset.
   *
   * @param train what to learn from
   * @param heldOut what to evaluate on
   * @param <T> what an example is
   */
  public record Split<T>(Dataset<T> train, Dataset<T> heldOut) {}

  private final String noun;
  private final int size;
  private final IntFunction<T> examples;
  private final ImmutableList<DataSummary> sources;

  private Dataset(
      String noun, int size, IntFunction<T> examples, ImmutableList<DataSummary> sources) {
    this.noun = noun;
    this.size = size;
    this.examples = examples;
    this.sources = sources;
  }

  /**
   * A dataset held in memory.
   *
   * @param examples in order
   * @param <T> what an example is
   * @return the dataset
   */
  public static <T> Dataset<T> of(List<T> examples) {
    ImmutableList<T> copy = ImmutableList.copyOf(examples);
    return from(copy.size(), copy::get);
  }

  /**
   * A dataset that gets its examples when they are asked for.
   *
   * @param size how many there are, ≥ 0
   * @param examples gives an example by its number, from 0; the same one each time. It may be
   *     called by several threads
   * @param <T> what an example is
   * @return the dataset
   * @throws IllegalArgumentException if the size is negative
   */
  public static <T> Dataset<T> from(int size, IntFunction<T> examples) {
    return from("examples", size, examples);
  }

  /** A dataset whose messages call the examples by a name of their own. */
  static <T> Dataset<T> from(String noun, int size, IntFunction<T> examples) {
    Check.that(size >= 0, "size must be ≥ 0, got %d", size);
    return new Dataset<>(noun, size, examples, ImmutableList.of());
  }

  /**
   * How many examples there are.
   *
   * @return ≥ 0
   */
  public int size() {
    return size;
  }

  /**
   * The same examples, said to come from files. Datasets made of them say so too, and a run that
   * learns from them reports it.
   *
   * @param source what was read of the files
   * @return the changed view
   */
  public Dataset<T> withSource(DataSummary source) {
    return new Dataset<>(noun, size, examples, ImmutableList.of(source));
  }

  /**
   * What is known of the files that the examples come from.
   *
   * @return none if they were made in memory; several after {@link #concat}. They are of whole
   *     files, also where this dataset is a part
   */
  public ImmutableList<DataSummary> sources() {
    return sources;
  }

  /**
   * One example.
   *
   * @param index from 0
   * @return the example
   * @throws IndexOutOfBoundsException if there is no such example
   */
  public T get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "the dataset has %d %s, got index %d", size, noun, index));
    }
    return examples.apply(index);
  }

  /**
   * The examples, each changed.
   *
   * @param change applied whenever an example is read
   * @param <R> what it becomes
   * @return the changed view
   */
  public <R> Dataset<R> map(Function<? super T, ? extends R> change) {
    return new Dataset<>(noun, size, index -> change.apply(examples.apply(index)), sources);
  }

  /**
   * The examples that pass a test.
   *
   * @param keep asked once an example, now
   * @return the others left out, order kept
   */
  public Dataset<T> filter(Predicate<? super T> keep) {
    return select(IntStream.range(0, size).filter(index -> keep.test(get(index))).toArray());
  }

  /**
   * The examples in a random order.
   *
   * @param seed the same seed gives the same order
   * @return the shuffled view
   */
  public Dataset<T> shuffle(long seed) {
    return select(shuffled(size, seed));
  }

  private static int[] shuffled(int count, long seed) {
    Random random = new Random(seed);
    int[] order = IntStream.range(0, count).toArray();
    for (int last = count - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      int swapped = order[last];
      order[last] = order[other];
      order[other] = swapped;
    }
    return order;
  }

  /**
   * Some of the examples, drawn at random, in the order they have here.
   *
   * @param count how many, ≥ 1; all of them if there are no more
   * @param seed the same seed draws the same examples
   * @return the view
   */
  public Dataset<T> sample(int count, long seed) {
    Check.atLeastOne("count", count);
    return count >= size
        ? this
        : select(Arrays.stream(shuffled(size, seed)).limit(count).sorted().toArray());
  }

  /**
   * The largest mixture of datasets in which each has its share. What is too many of one is left
   * out, drawn at random; the others follow each other, each in its own order.
   *
   * @param parts one or more
   * @param shares one a part, each &gt; 0; they are divided by their sum
   * @param seed the same seed draws the same examples
   * @param <T> what an example is
   * @return the mixture, with at least one example of each part
   * @throws IllegalArgumentException if there are no parts, one is empty, or a share is missing or
   *     out of range
   */
  public static <T> Dataset<T> mix(List<Dataset<T>> parts, List<Double> shares, long seed) {
    Check.that(
        !parts.isEmpty() && parts.size() == shares.size(),
        "shares must be as many as there are parts, %d, got %s",
        parts.size(),
        shares);
    double scale = Double.POSITIVE_INFINITY;
    for (int i = 0; i < parts.size(); i++) {
      Check.positive("share", shares.get(i));
      Check.that(parts.get(i).size > 0, "parts must have an example each, part %d has none", i);
      scale = Math.min(scale, parts.get(i).size / shares.get(i));
    }
    Dataset<T> mixture = parts.get(0).range(0, 0);
    for (int i = 0; i < parts.size(); i++) {
      int count = (int) Math.max(1, Math.round(scale * shares.get(i)));
      mixture = mixture.concat(parts.get(i).sample(count, seed));
    }
    return mixture;
  }

  /**
   * Parts the dataset at random.
   *
   * @param heldOutFraction share of the examples to hold out, in (0, 1)
   * @param seed the same seed gives the same parts
   * @return both parts; neither is empty
   * @throws IllegalArgumentException if the fraction is out of range or leaves a part empty
   */
  public Split<T> split(double heldOutFraction, long seed) {
    requireShare(heldOutFraction);
    return split(heldOutFraction, seed, IntStream.range(0, size).toArray());
  }

  /**
   * Parts the dataset at random, but never between neighbours of one group: pairs made of one
   * record, say, of which some would be held out and others, with the same prompt, learnt.
   *
   * @param heldOutFraction share of the examples to hold out, in (0, 1); exceeded by less than a
   *     group
   * @param seed the same seed gives the same parts
   * @param group of an example; asked once an example, now
   * @return both parts; neither is empty
   * @throws IllegalArgumentException if the fraction is out of range or leaves a part empty
   */
  public Split<T> split(double heldOutFraction, long seed, Function<? super T, ?> group) {
    requireShare(heldOutFraction);
    IntStream.Builder starts = IntStream.builder();
    Object last = null;
    for (int i = 0; i < size; i++) {
      Object here = group.apply(get(i));
      if (i == 0 || !Objects.equals(here, last)) {
        starts.add(i);
      }
      last = here;
    }
    return split(heldOutFraction, seed, starts.build().toArray());
  }

  private static void requireShare(double heldOutFraction) {
    Check.that(
        heldOutFraction > 0 && heldOutFraction < 1,
        "heldOutFraction must be in (0, 1), got %s",
        heldOutFraction);
  }

  /** Parts groups, which start at these numbers. */
  private Split<T> split(double heldOutFraction, long seed, int[] starts) {
    int wanted = (int) Math.round(heldOutFraction * size);
    int[] order = new int[size];
    int ordered = 0;
    int heldOut = 0;
    for (int group : shuffled(starts.length, seed)) {
      int end = group + 1 < starts.length ? starts[group + 1] : size;
      for (int i = starts[group]; i < end; i++) {
        order[ordered++] = i;
      }
      heldOut = heldOut < wanted ? ordered : heldOut;
    }
    Check.that(
        heldOut > 0 && heldOut < size,
        "a held-out share of %s leaves %d of %d %s to hold out; neither part may be empty",
        heldOutFraction,
        heldOut,
        size,
        noun);
    Dataset<T> shuffled = select(order);
    return new Split<>(shuffled.range(heldOut, size), shuffled.range(0, heldOut));
  }

  /**
   * This dataset followed by another.
   *
   * @param other the examples that follow
   * @return both, in order
   */
  public Dataset<T> concat(Dataset<T> other) {
    return new Dataset<>(
        noun,
        Math.addExact(size, other.size),
        index -> index < size ? get(index) : other.get(index - size),
        Stream.concat(sources.stream(), other.sources.stream())
            .distinct()
            .collect(ImmutableList.toImmutableList()));
  }

  @Override
  public Iterator<T> iterator() {
    return Iterators.transform(IntStream.range(0, size).iterator(), this::get);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "Dataset[%d %s]", size, noun);
  }

  /** A view. */
  List<T> asList() {
    return Lists.transform(ContiguousSet.closedOpen(0, size).asList(), this::get);
  }

  /** The examples from {@code from} (inclusive) to {@code to} (exclusive). */
  Dataset<T> range(int from, int to) {
    return new Dataset<>(noun, to - from, index -> get(from + index), sources);
  }

  /** The examples of these numbers, in this order; the array is kept. */
  Dataset<T> select(int[] indices) {
    return new Dataset<>(noun, indices.length, index -> get(indices[index]), sources);
  }
}
