package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * Pairs.
 *
 * @param pairing which, of more than two completions
 */
record PairShape(Pairing pairing) implements Shape<PreferencePair> {

  @Override
  public String noun() {
    return "pairs";
  }

  @Override
  public boolean accepts(Judgement.Kind kind) {
    return kind == Judgement.Kind.PREFERENCES || kind == Judgement.Kind.SCORES;
  }

  @Override
  public Examples<PreferencePair> of(Judgement judgement) throws SkippedException {
    if (judgement instanceof Judgement.Preference preference) {
      return Examples.of(pair(preference));
    }
    if (judgement instanceof Judgement.Scores scores) {
      return pairs(scores);
    }
    throw new IllegalStateException("no pair can be made of " + judgement);
  }

  @Override
  public PreferencePair named(PreferencePair pair, String id) {
    return pair.withId(id);
  }

  @Override
  public Parts parts(PreferencePair pair) {
    return new Parts(pair.prompt(), ImmutableList.of(pair.chosen(), pair.rejected()));
  }

  @Override
  public Strength strength(PreferencePair pair) {
    return new Strength(pair.margin(), pair.ratingGap());
  }

  private PreferencePair pair(Judgement.Preference preference) throws SkippedException {
    Shape.requireDistinct(List.of(preference.chosen(), preference.rejected()));
    Judgement.Strength strength = preference.strength();
    try {
      return new PreferencePair(
          "",
          preference.prompt(),
          preference.chosen(),
          preference.rejected(),
          strength.margin(),
          strength.points(),
          strength.agreement(),
          strength.weight(),
          strength.tags());
    } catch (IllegalArgumentException e) {
      // Numbers so large that their difference or share is none.
      throw SkippedException.malformed(String.valueOf(e.getMessage()));
    }
  }

  private Examples<PreferencePair> pairs(Judgement.Scores scores) throws SkippedException {
    scores.requireComparable();
    int count = scores.scores().size();
    if (pairing == Pairing.BEST_AND_WORST) {
      Comparator<Integer> byScore = Comparator.comparing(scores.scores()::get);
      int best =
          IntStream.range(0, count).boxed().max(byScore.thenComparing(i -> -i)).orElseThrow();
      int worst = IntStream.range(0, count).boxed().min(byScore).orElseThrow();
      return pair(scores, best, worst);
    }
    List<Examples<PreferencePair>> pairs = new ArrayList<>();
    for (int first = 0; first < count; first++) {
      for (int second = first + 1; second < count; second++) {
        boolean isFirstBetter = scores.scores().get(first) > scores.scores().get(second);
        pairs.add(isFirstBetter ? pair(scores, first, second) : pair(scores, second, first));
      }
    }
    return Examples.joined(pairs);
  }

  private Examples<PreferencePair> pair(Judgement.Scores scores, int better, int worse)
      throws SkippedException {
    double points = scores.scores().get(better) - scores.scores().get(worse);
    if (points == 0) {
      return Examples.none(
          SkipReason.TIED,
          String.format(
              Locale.ROOT,
              "completions %d and %d are %s the same",
              Math.min(better, worse) + 1,
              Math.max(better, worse) + 1,
              scores.areRatings() ? "scored" : "ranked"));
    }
    List<Text> texts = scores.completions();
    Sides sides = Sides.of(scores.prompt(), texts.get(better), texts.get(worse));
    try {
      return Examples.of(
          pair(
              new Judgement.Preference(
                  sides.prompt(),
                  sides.chosen(),
                  sides.rejected(),
                  scores.areRatings()
                      ? Judgement.Strength.UNKNOWN.withPoints(points)
                      : Judgement.Strength.UNKNOWN)));
    } catch (SkippedException e) {
      return Examples.none(e.reason(), e.detail());
    }
  }
}
