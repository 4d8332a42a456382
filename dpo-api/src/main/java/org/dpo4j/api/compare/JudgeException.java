package org.dpo4j.api.compare;

import org.jspecify.annotations.Nullable;

/** A judge could not be asked, or not in time. */
public final class JudgeException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  /**
   * A judge that failed.
   *
   * @param message what was tried, and how it failed
   * @param cause why, if there is an exception
   */
  public JudgeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
