package org.dpo4j.api.data;

import org.dpo4j.api.SkipReason;

/** A record, or a part of one, that makes no example. */
final class SkippedException extends Exception {

  private static final long serialVersionUID = 1;

  private final SkipReason reason;

  SkippedException(SkipReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  static SkippedException malformed(String detail) {
    return new SkippedException(SkipReason.MALFORMED, detail);
  }

  SkipReason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
