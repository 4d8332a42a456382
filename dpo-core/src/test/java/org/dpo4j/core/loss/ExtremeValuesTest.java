package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.loss.Close.assertClose;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.ScoredCompletion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In the tails, where finite is not enough, every pair loss has the digits of a 700-digit
 * computation.
 */
class ExtremeValuesTest {
  private static final double RELATIVE = 1e-9;

  /** Below the smallest normal double digits are lost to gradual underflow. */
  private static final double FLOOR = 1e-300;

  /** One element of extremes.json; a point is w, l, rw, rl, nw, nl, value, d/dw, d/dl. */
  record Case(String loss, JsonObject options, double beta, List<List<Double>> points) {
    @Override
    public String toString() {
      return loss + " " + options + ", beta " + beta;
    }
  }

  static ImmutableList<Case> cases() {
    return ImmutableList.copyOf(Goldens.read("extremes/extremes.json", Case[].class));
  }

  @Test
  void cases_areManyAndOfManyPoints() {
    assertThat(cases()).hasSize(50).allMatch(extreme -> extreme.points().size() >= 20);
    assertThat(cases().stream().map(Case::loss).distinct()).hasSizeGreaterThanOrEqualTo(20);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pairLoss_isAccurateInTheTails(Case extreme) {
    PairLoss loss = (PairLoss) Goldens.build(extreme.loss(), extreme.options());
    for (List<Double> point : extreme.points()) {
      Pair pair =
          new Pair(
              new ScoredCompletion(point.get(0), point.get(2), point.get(4).intValue()),
              new ScoredCompletion(point.get(1), point.get(3), point.get(5).intValue()),
              0.0,
              OptionalDouble.empty());

      PairTerm term = loss.at(pair, extreme.beta());

      assertClose("loss at " + pair, term.loss(), point.get(6), RELATIVE, FLOOR);
      assertClose("d/dw at " + pair, term.chosen(), point.get(7), RELATIVE, FLOOR);
      assertClose("d/dl at " + pair, term.rejected(), point.get(8), RELATIVE, FLOOR);
    }
  }
}
