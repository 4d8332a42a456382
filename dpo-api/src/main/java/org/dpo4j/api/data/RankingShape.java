package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/** Rankings; a pair is one of two. */
record RankingShape() implements Shape<RankedExample> {

  @Override
  public String noun() {
    return "rankings";
  }

  @Override
  public boolean accepts(Judgement.Kind kind) {
    return kind == Judgement.Kind.PREFERENCES || kind == Judgement.Kind.SCORES;
  }

  @Override
  public Examples<RankedExample> of(Judgement judgement) throws SkippedException {
    if (judgement instanceof Judgement.Preference preference) {
      return ranking(
          preference.prompt(),
          List.of(preference.chosen(), preference.rejected()),
          preference.strength().weight(),
          preference.strength().tags());
    }
    if (judgement instanceof Judgement.Scores scores) {
      return ranking(scores);
    }
    throw new IllegalStateException("no ranking can be made of " + judgement);
  }

  @Override
  public RankedExample named(RankedExample ranking, String id) {
    return ranking.withId(id);
  }

  @Override
  public Parts parts(RankedExample ranking) {
    return new Parts(ranking.prompt(), ranking.completions());
  }

  private static Examples<RankedExample> ranking(Judgement.Scores scores) throws SkippedException {
    scores.requireComparable();
    if (scores.scores().stream().distinct().count() < scores.scores().size()) {
      throw new SkippedException(
          SkipReason.TIED, "two completions are scored or ranked the same: " + scores.scores());
    }
    List<Integer> order =
        IntStream.range(0, scores.scores().size())
            .boxed()
            .sorted(Comparator.comparing(scores.scores()::get).reversed())
            .toList();
    List<Text> completions = new ArrayList<>();
    Text prompt = scores.prompt();
    for (int index : order) {
      Text completion = scores.completions().get(index);
      Sides sides = Sides.of(scores.prompt(), completion, completion);
      if (!completions.isEmpty() && !sides.prompt().equals(prompt)) {
        throw SkippedException.malformed("the completions answer different prompts");
      }
      prompt = sides.prompt();
      completions.add(sides.chosen());
    }
    return ranking(prompt, completions, 1.0, ImmutableSet.of());
  }

  private static Examples<RankedExample> ranking(
      Text prompt, List<Text> completions, double weight, ImmutableSet<String> tags)
      throws SkippedException {
    Shape.requireDistinct(completions);
    return Examples.of(
        new RankedExample("", prompt, ImmutableList.copyOf(completions), weight, tags));
  }
}
