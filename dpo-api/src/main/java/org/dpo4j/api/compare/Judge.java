package org.dpo4j.api.compare;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/** Says which of two answers to a prompt is better. */
public interface Judge {

  /**
   * Judges.
   *
   * @param prompt plain text or a chat
   * @param first an answer
   * @param second another
   * @return which is better
   * @throws JudgeException if no verdict could be got; asking again later may help
   */
  Verdict judge(Text prompt, String first, String second);

  /**
   * Tells judges apart in results: verdicts of different judges are not put together.
   *
   * @return one line
   */
  String name();

  /**
   * Judges by a reward: an implicit reward, a reward model, or a function of the text.
   *
   * @param name tells it apart in results
   * @param reward whose larger value is better
   * @param tieMargin rewards that differ by at most this much are a tie, ≥ 0
   * @return the judge, safe from several threads if the reward is
   */
  static Judge reward(String name, Reward reward, double tieMargin) {
    Check.nonNegative("tieMargin", tieMargin);
    return new Judge() {
      @Override
      public Verdict judge(Text prompt, String first, String second) {
        ImmutableDoubleArray rewards = reward.of(Candidates.of(prompt, List.of(first, second)));
        double margin = Check.finite("margin of " + name, rewards.get(0) - rewards.get(1));
        return Math.abs(margin) <= tieMargin
            ? Verdict.TIE
            : margin > 0 ? Verdict.FIRST : Verdict.SECOND;
      }

      @Override
      public String name() {
        return name;
      }
    };
  }

  /**
   * Judges by what is known to be true: a function of prompt and answer.
   *
   * @param name tells it apart in results
   * @param function whose larger value is better; equal values are a tie
   * @return the judge, safe from several threads if the function is
   */
  static Judge function(String name, ToDoubleBiFunction<Text, String> function) {
    return reward(name, Reward.function(function), 0);
  }
}
