package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;

/**
 * A step that could not be taken, or an evaluation that failed. The parameters are as after the
 * last finished step.
 */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int MAX_SHOWN = 16;

  /** The step that failed, or the last one before the evaluation that did; from 1. */
  private final int step;

  /** Ids of the examples it failed on. */
  private final ImmutableList<String> exampleIds;

  private TrainingException(int step, List<String> exampleIds, String message, Throwable cause) {
    super(message, cause);
    this.step = step;
    this.exampleIds = ImmutableList.copyOf(exampleIds);
  }

  static TrainingException inStep(
      String noun, int step, List<String> exampleIds, RuntimeException cause) {
    String message =
        String.format(
            Locale.ROOT,
            "step %d, %ss %s: %s; the parameters are as before this step",
            step,
            noun,
            shown(exampleIds),
            problem(cause));
    return new TrainingException(step, exampleIds, message, cause);
  }

  /** The end of a run that may skip steps, but no more of them. */
  static TrainingException inLastSkippable(
      String noun, int step, String reason, NotFiniteException cause) {
    String message =
        String.format(
            Locale.ROOT,
            "step %d, %ss %s: %s; %s; the parameters are as before this step",
            step,
            noun,
            shown(cause.exampleIds()),
            cause.getMessage(),
            reason);
    return new TrainingException(step, cause.exampleIds(), message, cause);
  }

  static TrainingException inUpdate(
      String noun, int step, List<String> exampleIds, RuntimeException cause) {
    String message =
        String.format(
            Locale.ROOT,
            "step %d, %ss %s, while updating the parameters: %s; some may be updated already",
            step,
            noun,
            shown(exampleIds),
            problem(cause));
    return new TrainingException(step, exampleIds, message, cause);
  }

  static TrainingException inEvaluation(
      String noun, int step, List<String> exampleIds, RuntimeException cause) {
    String message =
        String.format(
            Locale.ROOT,
            "evaluation after step %d, held-out %ss %s: %s; the parameters are as after this step",
            step,
            noun,
            shown(exampleIds),
            problem(cause));
    return new TrainingException(step, exampleIds, message, cause);
  }

  /** The first ids; {@link #exampleIds} has all. */
  private static String shown(List<String> exampleIds) {
    return exampleIds.size() <= MAX_SHOWN
        ? exampleIds.toString()
        : exampleIds.subList(0, MAX_SHOWN) + " and " + (exampleIds.size() - MAX_SHOWN) + " more";
  }

  private static String problem(RuntimeException cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /**
   * The step that failed, or the last one before the evaluation that did.
   *
   * @return from 1
   */
  public int step() {
    return step;
  }

  /**
   * The examples of the step, or of the micro-batch that could not be evaluated; where a number was
   * not finite, only those it came from.
   *
   * @return their ids
   */
  public ImmutableList<String> exampleIds() {
    return exampleIds;
  }
}
