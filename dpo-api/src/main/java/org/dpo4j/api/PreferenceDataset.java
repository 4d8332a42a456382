package org.dpo4j.api;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ListMultimap;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dpo4j.core.math.Check;

/**
 * Preference pairs in an order. A view: reordering, splitting and mapping keep an index, never a
 * second copy of the texts. Immutable.
 */
public final class PreferenceDataset implements Iterable<PreferencePair> {

  /**
   * Two parts of a dataset.
   *
   * @param train what to learn from
   * @param heldOut what to evaluate on
   */
  public record Split(PreferenceDataset train, PreferenceDataset heldOut) {}

  private final Dataset<PreferencePair> pairs;

  private PreferenceDataset(Dataset<PreferencePair> pairs) {
    this.pairs = pairs;
  }

  /**
   * A dataset held in memory. Pairs without an id get their number.
   *
   * @param pairs the pairs, in order
   * @return the dataset
   */
  public static PreferenceDataset of(PreferencePair... pairs) {
    return of(List.of(pairs));
  }

  /**
   * A dataset held in memory. Pairs without an id get their number.
   *
   * @param pairs the pairs, in order
   * @return the dataset
   */
  public static PreferenceDataset of(List<PreferencePair> pairs) {
    ImmutableList<PreferencePair> named =
        IntStream.range(0, pairs.size())
            .mapToObj(
                i ->
                    pairs.get(i).id().isEmpty()
                        ? pairs.get(i).withId(String.valueOf(i))
                        : pairs.get(i))
            .collect(ImmutableList.toImmutableList());
    return from(named.size(), named::get);
  }

  /**
   * A dataset that gets its pairs when they are asked for, so that it may be larger than memory.
   *
   * @param size how many there are, ≥ 0
   * @param pairs gives a pair, with an id, by its number, from 0; the same one each time. It may be
   *     called by several threads
   * @return the dataset
   * @throws IllegalArgumentException if the size is negative
   */
  public static PreferenceDataset from(int size, IntFunction<PreferencePair> pairs) {
    return new PreferenceDataset(Dataset.from("pairs", size, pairs));
  }

  /**
   * How many pairs there are.
   *
   * @return ≥ 0
   */
  public int size() {
    return pairs.size();
  }

  /**
   * Pairs of a dataset of any kind.
   *
   * @param pairs each with an id
   * @return the same view
   */
  public static PreferenceDataset from(Dataset<PreferencePair> pairs) {
    return new PreferenceDataset(pairs);
  }

  /**
   * The pairs as a dataset of any kind.
   *
   * @return the same view
   */
  public Dataset<PreferencePair> asDataset() {
    return pairs;
  }

  /**
   * The same pairs, said to come from files. Datasets made of them say so too, and a run that
   * learns from them reports it.
   *
   * @param source what was read of the files
   * @return the changed view
   */
  public PreferenceDataset withSource(DataSummary source) {
    return new PreferenceDataset(pairs.withSource(source));
  }

  /**
   * What is known of the files that the pairs come from.
   *
   * @return none if they were made in memory; several after {@link #concat}. They are of whole
   *     files, also where this dataset is a part
   */
  public ImmutableList<DataSummary> sources() {
    return pairs.sources();
  }

  /**
   * One pair.
   *
   * @param index from 0
   * @return the pair
   * @throws IndexOutOfBoundsException if there is no such pair
   */
  public PreferencePair get(int index) {
    return pairs.get(index);
  }

  /**
   * The pairs, each changed.
   *
   * @param change applied whenever a pair is read
   * @return the changed view
   */
  public PreferenceDataset map(UnaryOperator<PreferencePair> change) {
    return new PreferenceDataset(pairs.map(change));
  }

  /**
   * The pairs that pass a test.
   *
   * @param keep asked once a pair, now
   * @return the others left out, order kept
   */
  public PreferenceDataset filter(Predicate<PreferencePair> keep) {
    return new PreferenceDataset(pairs.filter(keep));
  }

  /**
   * The pairs in a random order.
   *
   * @param seed the same seed gives the same order
   * @return the shuffled view
   */
  public PreferenceDataset shuffle(long seed) {
    return new PreferenceDataset(pairs.shuffle(seed));
  }

  /**
   * Parts the dataset at random.
   *
   * @param heldOutFraction share of the pairs to hold out, in (0, 1)
   * @param seed the same seed gives the same parts
   * @return both parts; neither is empty
   * @throws IllegalArgumentException if the fraction is out of range or leaves a part empty
   */
  public Split split(double heldOutFraction, long seed) {
    return parts(pairs.split(heldOutFraction, seed));
  }

  /**
   * Parts the dataset at random, but never between neighbours of one group: pairs of one prompt,
   * say, by {@code PreferencePair::prompt}.
   *
   * @param heldOutFraction share of the pairs to hold out, in (0, 1); exceeded by less than a group
   * @param seed the same seed gives the same parts
   * @param group of a pair; asked once a pair, now
   * @return both parts; neither is empty
   * @throws IllegalArgumentException if the fraction is out of range or leaves a part empty
   */
  public Split split(double heldOutFraction, long seed, Function<PreferencePair, ?> group) {
    return parts(pairs.split(heldOutFraction, seed, group));
  }

  private static Split parts(Dataset.Split<PreferencePair> split) {
    return new Split(new PreferenceDataset(split.train()), new PreferenceDataset(split.heldOut()));
  }

  /**
   * This dataset followed by another.
   *
   * @param other the pairs that follow
   * @return both, in order
   */
  public PreferenceDataset concat(PreferenceDataset other) {
    return new PreferenceDataset(pairs.concat(other.pairs));
  }

  /**
   * The largest dataset with given shares of pairs per tag, drawn without replacement: {@code
   * mix(Map.of("helpful", 0.7, "harmless", 0.3), 42)}. Pairs with none of the tags are left out; a
   * pair with several counts for the first of them by name.
   *
   * @param shares tag to share, each &gt; 0; they are divided by their sum
   * @param seed the same seed draws the same pairs, in the same random order
   * @return the mixture
   * @throws IllegalArgumentException if there are no shares, one is out of range, or a tag has no
   *     pairs
   */
  public PreferenceDataset mix(Map<String, Double> shares, long seed) {
    Check.that(!shares.isEmpty(), "shares must have at least one tag, got none");
    Map<String, Double> ordered = new TreeMap<>(shares);
    PreferenceDataset shuffled = shuffle(seed);
    ListMultimap<String, Integer> byTag = ArrayListMultimap.create();
    for (int i = 0; i < size(); i++) {
      int index = i;
      ordered.keySet().stream()
          .filter(shuffled.get(i).tags()::contains)
          .findFirst()
          .ifPresent(tag -> byTag.put(tag, index));
    }
    double scale = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Double> share : ordered.entrySet()) {
      Check.positive("share of '" + share.getKey() + "'", share.getValue());
      Check.that(byTag.containsKey(share.getKey()), "no pair has the tag '%s'", share.getKey());
      scale = Math.min(scale, byTag.get(share.getKey()).size() / share.getValue());
    }
    List<Integer> drawn = new ArrayList<>();
    for (Map.Entry<String, Double> share : ordered.entrySet()) {
      int count = (int) Math.max(1, Math.round(scale * share.getValue()));
      drawn.addAll(byTag.get(share.getKey()).subList(0, count));
    }
    Collections.sort(drawn);
    return new PreferenceDataset(shuffled.pairs.select(Ints.toArray(drawn)));
  }

  @Override
  public Iterator<PreferencePair> iterator() {
    return pairs.iterator();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "PreferenceDataset[%d pairs]", size());
  }

  /** The pairs from {@code from} (inclusive) to {@code to} (exclusive). */
  PreferenceDataset range(int from, int to) {
    return new PreferenceDataset(pairs.range(from, to));
  }
}
