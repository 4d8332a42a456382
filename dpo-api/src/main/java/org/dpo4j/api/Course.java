package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Tokenizer;

/** Which examples a run learns from in which step, and in which parts. Computes nothing of them. */
final class Course {

  private final Tokenizer tokenizer;
  private final TrainingSettings settings;
  private final Prepared data;
  private final Optional<Prepared> heldOutData;
  private final ImmutableList<MicroBatch> heldOut;
  private final int examplesPerStep;
  private final int stepsPerEpoch;
  private final int totalSteps;

  /**
   * Checks the examples.
   *
   * @throws IllegalArgumentException if one does not fit, and the settings do not say that such are
   *     left out
   */
  Course(Tokenizer tokenizer, TrainingSettings settings, Examples all) {
    this.tokenizer = tokenizer;
    this.settings = settings;
    this.data = Prepared.of("examples", all, settings, tokenizer);
    this.heldOutData =
        Optional.ofNullable(settings.evaluation())
            .map(given -> Prepared.of("evaluation", given, settings, tokenizer));
    this.examplesPerStep =
        (int)
            Math.min(
                data.examples().size(),
                (long) settings.batch().examples() * settings.accumulateOver());
    this.stepsPerEpoch =
        IntMath.divide(data.examples().size(), examplesPerStep, RoundingMode.CEILING);
    this.totalSteps = (int) Math.min(settings.maxSteps(), (long) stepsPerEpoch * settings.epochs());
    this.heldOut = heldOutData.map(held -> split(held.examples().all())).orElse(ImmutableList.of());
    if (settings.batch().countTokens()) {
      settings.batch().requireRoomFor(settings.task().noun(), needed());
    }
  }

  Prepared data() {
    return data;
  }

  Optional<Prepared> heldOutData() {
    return heldOutData;
  }

  /** The parts of what is held out; none where nothing is. */
  ImmutableList<MicroBatch> heldOut() {
    return heldOut;
  }

  int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  int totalSteps() {
    return totalSteps;
  }

  /** All examples, or those that the run gets to if it ends within its first epoch. */
  Iterable<EncodedExample> needed() {
    long count = (long) totalSteps * examplesPerStep;
    return encode(
        count >= data.examples().size()
            ? data.examples().all()
            : data.examples().at(order(0).subList(0, (int) count)));
  }

  /** The numbers of the examples in the order of an epoch, from 0. */
  List<Integer> order(int epoch) {
    return data.examples().order(epoch, settings.shuffle(), settings.seed());
  }

  /**
   * What one step learns from.
   *
   * @param order of its epoch
   * @param stepInEpoch from 0
   */
  ImmutableList<Examples.Example> window(List<Integer> order, int stepInEpoch) {
    int from = stepInEpoch * examplesPerStep;
    return ImmutableList.copyOf(
        data.examples().at(order.subList(from, Math.min(from + examplesPerStep, order.size()))));
  }

  /** The parts in which examples are scored. */
  ImmutableList<MicroBatch> split(Iterable<Examples.Example> examples) {
    ImmutableList<EncodedExample> encoded = ImmutableList.copyOf(encode(examples));
    settings.batch().requireRoomFor(settings.task().noun(), encoded);
    return settings.batch().split(encoded);
  }

  /** Whether what is held out is to be evaluated after a step, from 1. */
  boolean isEvaluated(int step) {
    return !heldOut.isEmpty()
        && step > 0
        && (step == totalSteps || step % settings.evaluateEvery() == 0);
  }

  private Iterable<EncodedExample> encode(Iterable<Examples.Example> examples) {
    return Iterables.transform(examples, example -> example.encode(tokenizer));
  }
}
