package org.dpo4j.api.reward;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.function.ToDoubleBiFunction;
import org.dpo4j.core.backend.Text;

/**
 * What ranks completions of a prompt: an {@link ImplicitRewardModel}, a trained reward model, or
 * any function. Called from several threads where what uses it is.
 */
@FunctionalInterface
public interface Reward {

  /**
   * The rewards of all candidates of one prompt, so that the prompt may be computed once.
   *
   * @param candidates at least one
   * @return {@code [candidates]} finite numbers, larger is better; comparable within the prompt
   */
  ImmutableDoubleArray of(Candidates candidates);

  /**
   * A function of prompt and text.
   *
   * @param function gives a finite number, larger is better
   * @return the reward
   */
  static Reward function(ToDoubleBiFunction<Text, String> function) {
    return candidates ->
        ImmutableDoubleArray.copyOf(
            candidates.texts().stream()
                .mapToDouble(text -> function.applyAsDouble(candidates.prompt(), text)));
  }
}
