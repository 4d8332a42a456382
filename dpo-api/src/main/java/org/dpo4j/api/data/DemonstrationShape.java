package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.Collections;
import java.util.List;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/** What to imitate: demonstrations, chosen completions, the best of those that are scored. */
record DemonstrationShape() implements Shape<SftExample> {

  @Override
  public String noun() {
    return "demonstrations";
  }

  @Override
  public boolean accepts(Judgement.Kind kind) {
    return kind != Judgement.Kind.THUMBS;
  }

  @Override
  public Examples<SftExample> of(Judgement judgement) throws SkippedException {
    if (judgement instanceof Judgement.Demonstration demonstration) {
      return example(demonstration.prompt(), demonstration.completion(), demonstration.weight());
    }
    if (judgement instanceof Judgement.Preference preference) {
      return example(preference.prompt(), preference.chosen(), preference.strength().weight());
    }
    if (judgement instanceof Judgement.Scores scores) {
      return best(scores);
    }
    throw new IllegalStateException("no demonstration can be made of " + judgement);
  }

  @Override
  public SftExample named(SftExample example, String id) {
    return example.withId(id);
  }

  @Override
  public Parts parts(SftExample example) {
    return new Parts(example.prompt(), ImmutableList.of(example.completion()));
  }

  private static Examples<SftExample> best(Judgement.Scores scores) throws SkippedException {
    scores.requireComparable();
    double most = Collections.max(scores.scores());
    if (Collections.min(scores.scores()) == most) {
      throw new SkippedException(
          SkipReason.TIED, "all completions are scored or ranked the same: " + scores.scores());
    }
    Text best = scores.completions().get(scores.scores().indexOf(most));
    Sides sides = Sides.of(scores.prompt(), best, best);
    return example(sides.prompt(), sides.chosen(), 1.0);
  }

  private static Examples<SftExample> example(Text prompt, Text completion, double weight)
      throws SkippedException {
    Shape.requireDistinct(List.of(completion));
    return Examples.of(new SftExample("", prompt, completion, weight));
  }
}
