package org.dpo4j.api.compare;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.dpo4j.core.statistics.Interval;
import org.dpo4j.core.statistics.LengthControlled;
import org.dpo4j.core.statistics.SignTest;
import org.dpo4j.core.statistics.Wilson;

/**
 * What came out of a comparison of A with B.
 *
 * @param nameA the policy whose win rate this is
 * @param nameB the other
 * @param judge who decided
 * @param wins prompts on which A was better
 * @param losses prompts on which B was
 * @param ties prompts on which neither was
 * @param unjudged prompts on which the judge gave no usable answer; left out of all rates
 * @param lengthControlled the win rate at equal lengths, in characters; empty if nothing was judged
 * @param lengthA mean length of A's answers that were judged, in characters
 * @param lengthB mean length of B's
 */
public record ComparisonReport(
    String nameA,
    String nameB,
    String judge,
    int wins,
    int losses,
    int ties,
    int unjudged,
    Optional<LengthControlled> lengthControlled,
    double lengthA,
    double lengthB) {

  static ComparisonReport of(String nameA, String nameB, String judge, List<Judged> all) {
    List<Judged> judged = all.stream().filter(one -> one.verdict() != Verdict.NONE).toList();
    return new ComparisonReport(
        nameA,
        nameB,
        judge,
        count(all, Verdict.FIRST),
        count(all, Verdict.SECOND),
        count(all, Verdict.TIE),
        count(all, Verdict.NONE),
        judged.isEmpty()
            ? Optional.empty()
            : Optional.of(
                LengthControlled.of(
                    ImmutableDoubleArray.copyOf(
                        judged.stream().mapToDouble(ComparisonReport::score)),
                    ImmutableDoubleArray.copyOf(
                        judged.stream().mapToDouble(one -> length(one.a()) - length(one.b()))))),
        meanLength(judged, Judged::a),
        meanLength(judged, Judged::b));
  }

  private static int count(List<Judged> all, Verdict verdict) {
    return (int) all.stream().filter(one -> one.verdict() == verdict).count();
  }

  private static double score(Judged judged) {
    return judged.verdict() == Verdict.FIRST ? 1 : judged.verdict() == Verdict.TIE ? 0.5 : 0;
  }

  private static double meanLength(List<Judged> judged, Function<Judged, String> answer) {
    return judged.stream().mapToDouble(one -> length(answer.apply(one))).average().orElse(0);
  }

  private static double length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * How many prompts were judged.
   *
   * @return wins, losses and ties
   */
  public int judged() {
    return wins + losses + ties;
  }

  /**
   * A's win rate, a tie being half a win.
   *
   * @return in [0, 1]; NaN if nothing was judged
   */
  public double winRate() {
    return (wins + 0.5 * ties) / judged();
  }

  /**
   * The 95 % interval of the win rate, Wilson's.
   *
   * @return in [0, 1]; all of it if nothing was judged
   */
  public Interval interval() {
    return judged() == 0 ? new Interval(0, 1) : Wilson.interval(wins + 0.5 * ties, judged());
  }

  /**
   * How likely so uneven a result is if neither is better: the sign test, without ties.
   *
   * @return in (0, 1]
   */
  public double pValue() {
    return SignTest.pValue(wins, losses);
  }

  /** A few lines for a person. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s against %s, judged by %s%n%d prompts: %d won, %d lost, %d tied",
            nameA,
            nameB,
            judge,
            judged() + unjudged,
            wins,
            losses,
            ties));
    text.append(unjudged == 0 ? "" : ", " + unjudged + " without a usable verdict");
    if (judged() > 0) {
      text.append(
          String.format(Locale.ROOT, "%nwin rate           %s", rate(winRate(), interval())));
      lengthControlled.ifPresent(
          controlled ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "%nlength-controlled  %s, mean length %.0f against %.0f characters",
                      rate(controlled.rate(), controlled.interval()),
                      lengthA,
                      lengthB)));
      text.append(String.format(Locale.ROOT, "%nsign test          p = %.2g", pValue()));
    }
    return text.toString();
  }

  private static String rate(double rate, Interval interval) {
    return String.format(
        Locale.ROOT,
        "%5.1f %% (95 %%: %.1f to %.1f)",
        100 * rate,
        100 * interval.low(),
        100 * interval.high());
  }
}
