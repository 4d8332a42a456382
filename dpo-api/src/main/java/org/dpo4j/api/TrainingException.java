package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * A step that could not be taken, or an evaluation that failed. The parameters are as after the
 * last finished step.
 */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int MAX_SHOWN = 16;

  /** The step that failed, or the last one before the evaluation that did; from 1. */
  private final int step;

  /** Ids of the pairs it failed on. */
  private final ImmutableList<String> pairIds;

  private TrainingException(int step, List<String> pairIds, String message, Throwable cause) {
    super(message, cause);
    this.step = step;
    this.pairIds = ImmutableList.copyOf(pairIds);
  }

  static TrainingException inStep(int step, List<String> pairIds, RuntimeException cause) {
    String message =
        String.format(
            "step %d, pairs %s: %s; the parameters are as before this step",
            step, shown(pairIds), problem(cause));
    return new TrainingException(step, pairIds, message, cause);
  }

  /** The end of a run that may skip steps, but no more of them. */
  static TrainingException inLastSkippable(int step, String reason, NotFiniteException cause) {
    String message =
        String.format(
            "step %d, pairs %s: %s; %s; the parameters are as before this step",
            step, shown(cause.pairIds()), cause.getMessage(), reason);
    return new TrainingException(step, cause.pairIds(), message, cause);
  }

  static TrainingException inUpdate(int step, List<String> pairIds, RuntimeException cause) {
    String message =
        String.format(
            "step %d, pairs %s, while updating the parameters: %s; some may be updated already",
            step, shown(pairIds), problem(cause));
    return new TrainingException(step, pairIds, message, cause);
  }

  static TrainingException inEvaluation(int step, List<String> pairIds, RuntimeException cause) {
    String message =
        String.format(
            "evaluation after step %d, held-out pairs %s: %s; the parameters are as after this step",
            step, shown(pairIds), problem(cause));
    return new TrainingException(step, pairIds, message, cause);
  }

  /** The first ids; {@link #pairIds} has all. */
  private static String shown(List<String> pairIds) {
    return pairIds.size() <= MAX_SHOWN
        ? pairIds.toString()
        : pairIds.subList(0, MAX_SHOWN) + " and " + (pairIds.size() - MAX_SHOWN) + " more";
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
   * The pairs of the step, or of the micro-batch that could not be evaluated; where a number was
   * not finite, only the pairs it came from.
   *
   * @return their ids
   */
  public ImmutableList<String> pairIds() {
    return pairIds;
  }
}
