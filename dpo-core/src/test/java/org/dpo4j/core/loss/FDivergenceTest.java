package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.Random;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.ScoredCompletion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FDivergenceTest {

  @ParameterizedTest
  @ValueSource(doubles = {-5.0, -0.7, 0.0, 0.3, 4.0})
  void alphaZero_isForwardKl(double u) {
    FDivergence forward = new FDivergence.ForwardKl();
    for (double alpha : new double[] {0.0, 1e-12, -1e-12}) {
      FDivergence.Alpha near = new FDivergence.Alpha(alpha);

      assertThat(near.score(u)).isCloseTo(forward.score(u), within(1e-8));
      assertThat(near.slope(u)).isCloseTo(forward.slope(u), within(1e-8));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-5.0, -0.7, 0.0, 0.3, 4.0})
  void alphaNearOne_isReverseKl(double u) {
    for (double alpha : new double[] {1.0 - 1e-9, 1.0 + 1e-9, 1.0 - 1e-15}) {
      FDivergence.Alpha near = new FDivergence.Alpha(alpha);

      assertThat(near.score(u)).isCloseTo(u, within(1e-7));
      assertThat(near.slope(u)).isCloseTo(1.0, within(1e-7));
    }
  }

  @Test
  void scores_byHand() {
    double ln2 = Math.log(2.0);

    // s(u) = 1 - 1/ratio; ln 2 + log(ratio/(1 + ratio)); (ratio^(alpha-1) - 1)/(alpha - 1), at
    // ratio 2
    assertThat(new FDivergence.ForwardKl().score(ln2)).isCloseTo(0.5, within(1e-15));
    assertThat(new FDivergence.JensenShannon().score(ln2))
        .isCloseTo(Math.log(4.0 / 3.0), within(1e-15));
    assertThat(new FDivergence.Alpha(2.0).score(ln2)).isCloseTo(1.0, within(1e-15));
    assertThat(new FDivergence.Alpha(3.0).score(ln2)).isCloseTo(1.5, within(1e-15));
    assertThat(new FDivergence.ReverseKl().score(ln2)).isEqualTo(ln2);
  }

  @Test
  void dpoUnderReverseKl_isDpo() {
    PairBatch batch = PairSample.random(new Random(3), 4).batch();

    Evaluation evaluation = new Dpo().under(new FDivergence.ReverseKl()).evaluate(batch, 0.5);

    assertThat(evaluation).isEqualTo(new Dpo().evaluate(batch, 0.5));
  }

  @Test
  void exponents_areClampedAt700() {
    FDivergence forward = new FDivergence.ForwardKl();

    assertThat(forward.score(-1e4)).isEqualTo(forward.score(-700.0)).isFinite();
    assertThat(forward.slope(-700.0)).isEqualTo(Math.exp(700.0));
    assertThat(forward.slope(-701.0)).isZero();
    assertThat(new FDivergence.Alpha(3.0).score(351.0))
        .isEqualTo(new FDivergence.Alpha(3.0).score(350.0))
        .isFinite();
    assertThat(new FDivergence.Alpha(3.0).slope(351.0)).isZero();
  }

  @Test
  void squaresOfHugeScores_stayFinite() {
    PairLoss loss = new Ipo(Ipo.Convention.SUMMED).under(new FDivergence.ForwardKl());
    Pair pair =
        new Pair(
            new ScoredCompletion(-701, -1, 1),
            new ScoredCompletion(-1, -701, 1),
            0.0,
            OptionalDouble.empty());

    PairTerm term = loss.at(pair, 0.1);

    assertThat(term.loss()).isEqualTo(1e307);
    assertThat(term.chosen()).isEqualTo(-1e307);
    // 2 e^700 of the loss times the e^−700 of the score's slope
    assertThat(term.rejected()).isCloseTo(2.0, within(1e-9));
  }

  @Test
  void transforms_keepWhatTheLossSaysOfItself() {
    PairLoss exo = new Exo(0.1).under(new FDivergence.ForwardKl());
    PairLoss ipo = new Ipo(Ipo.Convention.SUMMED).under(new FDivergence.JensenShannon());

    assertThat(exo.traits().handlesNoise()).isTrue();
    assertThat(exo.traits().usesMargins()).isTrue();
    assertThat(exo.traits().needsReference()).isTrue();
    assertThat(exo.name()).isEqualTo("forward-kl-exo");
    assertThat(ipo.traits().handlesNoise()).isFalse();
    assertThat(ipo.traits().usesMargins()).isFalse();
    assertThat(new FDivergence.Alpha(0.5).name()).isEqualTo("alpha-0.5");
  }
}
