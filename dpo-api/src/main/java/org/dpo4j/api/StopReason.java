package org.dpo4j.api;

/** Why a run ended. */
public enum StopReason {
  /** All epochs, or the greatest number of steps, are done. */
  COMPLETED,
  /** The {@link EarlyStopping} rule was met. */
  STOPPED_EARLY,
  /** A {@link Cancellation}, or an interrupt of the training thread. */
  CANCELLED
}
