package org.dpo4j.api;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.Iterables;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.dpo4j.core.backend.Tokenizer;

/**
 * What a run learns from, whatever the task: examples by number, read when asked for.
 *
 * @param size ≥ 1
 * @param reading reads one, from 0
 */
record Examples(int size, IntFunction<Example> reading) {

  /**
   * One example.
   *
   * @param id names it in messages
   * @param encoding tokenizes it
   */
  record Example(String id, Function<Tokenizer, EncodedExample> encoding) {

    EncodedExample encode(Tokenizer tokenizer) {
      return encoding.apply(tokenizer);
    }
  }

  static Examples of(PreferenceDataset pairs) {
    return new Examples(
        pairs.size(),
        index -> {
          PreferencePair pair = pairs.get(index);
          return new Example(pair.id(), tokenizer -> EncodedExample.of(pair, tokenizer));
        });
  }

  /** Examples to imitate; one without an id gets its number. */
  static Examples of(List<SftExample> examples, SftLoss loss) {
    return new Examples(
        examples.size(),
        index -> {
          SftExample read = examples.get(index);
          SftExample named = read.id().isEmpty() ? read.withId(String.valueOf(index)) : read;
          return new Example(named.id(), tokenizer -> EncodedExample.of(named, loss, tokenizer));
        });
  }

  static Examples ofRankings(Dataset<RankedExample> rankings) {
    return new Examples(
        rankings.size(),
        index -> {
          RankedExample read = rankings.get(index);
          RankedExample named = read.id().isEmpty() ? read.withId(String.valueOf(index)) : read;
          return new Example(named.id(), tokenizer -> EncodedExample.of(named, tokenizer));
        });
  }

  /** Completions judged alone; one without an id gets its number. */
  static Examples ofUnpaired(Dataset<UnpairedExample> examples) {
    return new Examples(
        examples.size(),
        index -> {
          UnpairedExample named = named(examples, index);
          return new Example(named.id(), tokenizer -> EncodedExample.of(named, tokenizer));
        });
  }

  /**
   * Completions judged alone, each beside that of another prompt: always the same one, so that what
   * is scored of an example does not depend on what is in a batch with it, and can be cached.
   */
  static Examples ofUnpaired(Dataset<UnpairedExample> examples, Mismatches mismatches) {
    return new Examples(
        examples.size(),
        index -> {
          UnpairedExample named = named(examples, index);
          UnpairedExample other = named(examples, mismatches.of(index));
          return new Example(
              named.id(),
              tokenizer ->
                  EncodedExample.of(named, tokenizer)
                      .besideCompletionOf(EncodedExample.of(other, tokenizer)));
        });
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
