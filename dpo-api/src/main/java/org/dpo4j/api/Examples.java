package org.dpo4j.api;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;

/**
 * What a run learns from, whatever the task: examples by number, read when asked for.
 *
 * @param size ≥ 1
 * @param reading reads one, from 0
 * @param sources the files they were read from
 */
record Examples(int size, IntFunction<Example> reading, ImmutableList<DataSummary> sources) {

  /**
   * One example.
   *
   * @param id names it in messages
   * @param prompt what it answers
   * @param encoding tokenizes it
   */
  record Example(String id, Text prompt, Function<Tokenizer, EncodedExample> encoding) {

    EncodedExample encode(Tokenizer tokenizer) {
      return encoding.apply(tokenizer);
    }
  }

  static Examples of(PreferenceDataset pairs) {
    return new Examples(
        pairs.size(),
        index -> {
          PreferencePair pair = pairs.get(index);
          return new Example(
              pair.id(), pair.prompt(), tokenizer -> EncodedExample.of(pair, tokenizer));
        },
        pairs.sources());
  }

  /** Examples to imitate; one without an id gets its number. */
  static Examples of(List<SftExample> examples, SftLoss loss, ImmutableList<DataSummary> sources) {
    return new Examples(
        examples.size(),
        index -> {
          SftExample read = examples.get(index);
          SftExample named = read.id().isEmpty() ? read.withId(String.valueOf(index)) : read;
          return new Example(
              named.id(), named.prompt(), tokenizer -> EncodedExample.of(named, loss, tokenizer));
        },
        sources);
  }

  static Examples ofRankings(Dataset<RankedExample> rankings) {
    return new Examples(
        rankings.size(),
        index -> {
          RankedExample read = rankings.get(index);
          RankedExample named = read.id().isEmpty() ? read.withId(String.valueOf(index)) : read;
          return new Example(
              named.id(), named.prompt(), tokenizer -> EncodedExample.of(named, tokenizer));
        },
        rankings.sources());
  }

  /** Completions judged alone; one without an id gets its number. */
  static Examples ofUnpaired(Dataset<UnpairedExample> examples) {
    return new Examples(
        examples.size(),
        index -> {
          UnpairedExample named = named(examples, index);
          return new Example(
              named.id(), named.prompt(), tokenizer -> EncodedExample.of(named, tokenizer));
        },
        examples.sources());
  }

  /** Those of some numbers, in this order. */
  Examples select(ImmutableIntArray numbers) {
    return new Examples(numbers.length(), index -> reading.apply(numbers.get(index)), sources);
  }

  /** These examples, changed after they were tokenized. */
  Examples map(UnaryOperator<EncodedExample> change) {
    return new Examples(
        size,
        index -> {
          Example read = reading.apply(index);
          return new Example(
              read.id(), read.prompt(), tokenizer -> change.apply(read.encode(tokenizer)));
        },
        sources);
  }

  /**
   * These completions judged alone, each beside that of another prompt: always the same one, so
   * that what is scored of an example does not depend on what is in a batch with it, and can be
   * cached.
   *
   * @param maxLength what both have at most, the prompt being cut if need be
   */
  Examples besideOthers(Mismatches mismatches, int maxLength) {
    return new Examples(
        size,
        index -> {
          Example read = reading.apply(index);
          Example other = reading.apply(mismatches.of(index));
          return new Example(
              read.id(),
              read.prompt(),
              tokenizer ->
                  read.encode(tokenizer).besideCompletionOf(other.encode(tokenizer), maxLength));
        },
        sources);
  }

  private static UnpairedExample named(Dataset<UnpairedExample> examples, int index) {
    UnpairedExample read = examples.get(index);
    return read.id().isEmpty() ? read.withId(String.valueOf(index)) : read;
  }

  /** Those of some numbers, each read when it is reached. */
  Iterable<Example> at(List<Integer> numbers) {
    return Iterables.transform(numbers, reading::apply);
  }

  /** All of them, in the data's order. */
  Iterable<Example> all() {
    return at(inOrder());
  }

  private List<Integer> inOrder() {
    return ContiguousSet.closedOpen(0, size).asList();
  }

  /**
   * The order of an epoch, which depends on nothing but seed and epoch.
   *
   * @param epoch from 0
   * @param shuffle false for the data's order
   * @param seed the run's
   */
  List<Integer> order(int epoch, boolean shuffle, long seed) {
    if (!shuffle) {
      return inOrder();
    }
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int skipped = 0; skipped < epoch; skipped++) {
      long unused = seeds.nextLong();
    }
    List<Integer> order = new ArrayList<>(inOrder());
    Collections.shuffle(order, new Random(seeds.nextLong()));
    return Ints.asList(Ints.toArray(order));
  }
}
