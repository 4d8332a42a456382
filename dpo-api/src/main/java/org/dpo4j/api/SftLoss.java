package org.dpo4j.api;

/** Which tokens supervised fine-tuning learns to write. */
public enum SftLoss {
  /** Those of the completion. The prompt is read, not learnt: what to do with a chat or a task. */
  COMPLETION_ONLY,
  /**
   * Those of prompt and completion alike, all but the very first token, which nothing precedes:
   * what to do with running text.
   */
  FULL_SEQUENCE
}
