package org.dpo4j.api.compare;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dpo4j.api.data.Prompt;

/** A policy as its users see it: what it answers. The port between comparisons and a generator. */
@FunctionalInterface
public interface Answerer {

  /**
   * Answers prompts.
   *
   * @param prompts at least one
   * @param seed of what is drawn: the same prompts with the same seed have the same answers
   * @return one answer a prompt, in their order
   */
  ImmutableList<String> answer(List<Prompt> prompts, long seed);
}
