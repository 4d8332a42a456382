package org.dpo4j.examples.service;

import org.dpo4j.api.reward.Choice;

/** What a service asks. Called from several threads at once. */
public interface Answers extends AutoCloseable {

  /**
   * Answers a question with candidates, the best first. Interrupting the thread ends it early; what
   * it gives then is not used.
   *
   * @param question within the service's limits
   * @return at least one candidate
   * @throws IllegalArgumentException if the question can't be answered, as one that is too long;
   *     the message is for whoever asked
   */
  Choice to(Question question);

  /** Frees what answers. Called once, when nothing is being answered any more. */
  @Override
  void close();
}
