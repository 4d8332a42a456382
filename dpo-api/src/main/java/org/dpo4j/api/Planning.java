package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.dpo4j.api.TrainingPlan.Work;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.loss.Bco;

/** Goes through a run's course and counts. */
final class Planning {

  private static final int SAMPLES = 6;

  /** Sizes that a factor of 2^(1/4) lies between count as different. */
  private static final double SIZES_AN_OCTAVE = 4.0;

  private final TrainingSettings settings;
  private final Course course;
  private final TreeMap<Long, MicroBatch> sizes = new TreeMap<>();

  private Planning(TrainingSettings settings, Course course) {
    this.settings = settings;
    this.course = course;
  }

  static TrainingPlan of(TrainingSettings settings, Course course) {
    return new Planning(settings, course).plan();
  }

  /** What of it is learnt from, and what is scored beside. */
  private record Counted(Work learnt, Work beside) {

    static final Counted NOTHING = new Counted(Work.NONE, Work.NONE);

    Counted plus(Counted other) {
      return new Counted(learnt.plus(other.learnt), beside.plus(other.beside));
    }

    Work both() {
      return learnt.plus(beside);
    }
  }

  private TrainingPlan plan() {
    Counted firstEpoch = steps(0, Math.min(course.stepsPerEpoch(), course.totalSteps()));
    Counted all = firstEpoch.plus(steps(course.stepsPerEpoch(), course.totalSteps()));
    Counted heldOut = count(course.heldOut());
    int evaluations =
        (int) IntStream.rangeClosed(1, course.totalSteps()).filter(course::isEvaluated).count();
    return new TrainingPlan(
        course.totalSteps(),
        course.stepsPerEpoch(),
        evaluations,
        firstEpoch.learnt(),
        all.learnt(),
        heldOut.learnt(),
        all.beside().plus(heldOut.both().times(evaluations)),
        reference(firstEpoch, all, heldOut, evaluations),
        samples().get(samples().size() - 1),
        course.heldOut().stream()
            .max(Comparator.comparingLong(MicroBatch::tokens))
            .map(MicroBatch::groups)
            .orElse(ImmutableList.of()),
        samples(),
        ImmutableSet.copyOf(settings.task().traits().statistics()),
        settings.reference(),
        settings.optimizer());
  }

  private Work reference(Counted firstEpoch, Counted all, Counted heldOut, int evaluations) {
    Reference reference = settings.reference();
    if (reference instanceof Reference.None || reference instanceof Reference.CachedOnly) {
      return Work.NONE;
    }
    return reference instanceof Reference.Cached || reference instanceof Reference.CachedInFile
        ? firstEpoch.plus(heldOut).both()
        : all.both().plus(heldOut.both().times(evaluations));
  }

  private Counted steps(int from, int to) {
    Counted counted = Counted.NOTHING;
    List<Integer> order = List.of();
    for (int done = from; done < to; done++) {
      int inEpoch = done % course.stepsPerEpoch();
      if (inEpoch == 0) {
        order = course.order(done / course.stepsPerEpoch());
      }
      ImmutableList<MicroBatch> batches = course.split(course.window(order, inEpoch));
      batches.forEach(this::sample);
      counted = counted.plus(count(batches));
    }
    return counted;
  }

  private Counted count(ImmutableList<MicroBatch> batches) {
    if (batches.isEmpty()) {
      return Counted.NOTHING;
    }
    List<MicroBatch> beside = new ArrayList<>();
    Whole unused =
        settings
            .task()
            .whole(
                batches,
                examples -> {
                  beside.addAll(settings.batch().split(examples));
                  return List.of();
                },
                Bco.RunningShift.START);
    return new Counted(work(batches), work(beside));
  }

  private static Work work(List<MicroBatch> batches) {
    return new Work(batches.size(), batches.stream().mapToLong(MicroBatch::tokens).sum());
  }

  /** Keeps the largest micro-batch of each size. */
  private void sample(MicroBatch micro) {
    long size = Math.round(SIZES_AN_OCTAVE * Math.log((double) micro.tokens()) / Math.log(2));
    sizes.merge(size, micro, (kept, seen) -> seen.tokens() > kept.tokens() ? seen : kept);
  }

  /** Some of all sizes, the smallest and the largest among them. */
  private ImmutableList<ImmutableList<PromptGroup>> samples() {
    List<MicroBatch> kept = List.copyOf(sizes.values());
    int count = Math.min(SAMPLES, kept.size());
    return IntStream.range(0, count)
        .mapToObj(i -> kept.get(count == 1 ? 0 : i * (kept.size() - 1) / (count - 1)).groups())
        .collect(ImmutableList.toImmutableList());
  }
}
