package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** A step that could not be taken. The parameters are as after the last finished step. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The step, from 1. */
  private final int step;

  /** Ids of the pairs in it. */
  private final ImmutableList<String> pairIds;

  TrainingException(int step, List<String> pairIds, String problem, Throwable cause) {
    super(message(step, pairIds, problem), cause);
    this.step = step;
    this.pairIds = ImmutableList.copyOf(pairIds);
  }

  private static String message(int step, List<String> pairIds, String problem) {
    return String.format(
        "step %d, pairs %s: %s; the parameters are as before this step", step, pairIds, problem);
  }

  /**
   * The step that failed.
   *
   * @return from 1
   */
  public int step() {
    return step;
  }

  /**
   * The pairs of the step.
   *
   * @return their ids
   */
  public ImmutableList<String> pairIds() {
    return pairIds;
  }
}
