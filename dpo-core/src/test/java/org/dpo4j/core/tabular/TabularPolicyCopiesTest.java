package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.tabular.Tables.TOKENIZER;
import static org.dpo4j.core.tabular.Tables.ids;

import java.util.List;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * References of every kind: a base without its adapter, kept adapters, frozen and moving copies.
 */
class TabularPolicyCopiesTest {

  private static final List<PromptGroup> GROUPS = Tables.groups();

  private final TabularPolicy base = Tables.random(20, Integer.MAX_VALUE);
  private final TokenValues atFirst = base.logProbs(GROUPS);

  @Test
  void onTopOf_startsEqualToItsBase() {
    assertThat(TabularPolicy.onTopOf(base).logProbs(GROUPS)).isEqualTo(atFirst);
  }

  @Test
  void adapterOff_isTheBaseHoweverLongTheAdapterTrains() {
    TabularPolicy policy = TabularPolicy.onTopOf(base);
    TokenScorer adapterOff = policy.adapterOff().orElseThrow();

    Tables.trainAStep(policy);

    assertThat(policy.logProbs(GROUPS)).isNotEqualTo(atFirst);
    assertThat(adapterOff.logProbs(GROUPS)).isEqualTo(atFirst);
    assertThat(policy.adapterOff().orElseThrow().logProbs(GROUPS)).isEqualTo(atFirst);
    assertThat(base.logProbs(GROUPS)).isEqualTo(atFirst);
  }

  @Test
  void onTopOf_copiesItsBase() {
    TabularPolicy policy = TabularPolicy.onTopOf(base);

    Tables.trainAStep(base);

    assertThat(policy.logProbs(GROUPS)).isEqualTo(atFirst);
    assertThat(policy.adapterOff().orElseThrow().logProbs(GROUPS)).isEqualTo(atFirst);
  }

  @Test
  void onTopOf_aPolicyWithAnAdapterTakesBothAsItsBase() {
    TabularPolicy tuned = TabularPolicy.onTopOf(base);
    Tables.trainAStep(tuned);

    TabularPolicy policy = TabularPolicy.onTopOf(tuned);

    assertClose(policy.adapterOff().orElseThrow().logProbs(GROUPS), tuned.logProbs(GROUPS));
    assertClose(policy.logProbs(GROUPS), tuned.logProbs(GROUPS));
  }

  @Test
  void adapterOff_ofAPolicyWithoutAdapterIsEmpty() {
    assertThat(base.adapterOff()).isEmpty();
    assertThat(base.adapter("sft")).isEmpty();
  }

  @Test
  void keepAdapter_isFoundAgainAndStaysAsItWas() {
    TabularPolicy policy = TabularPolicy.onTopOf(base);
    Tables.trainAStep(policy);
    TokenValues tuned = policy.logProbs(GROUPS);

    assertThat(policy.keepAdapter("sft")).isSameAs(policy);
    TokenScorer kept = policy.adapter("sft").orElseThrow();
    Tables.trainAStep(policy);

    assertThat(policy.logProbs(GROUPS)).isNotEqualTo(tuned);
    assertThat(kept.logProbs(GROUPS)).isEqualTo(tuned);
    assertThat(policy.adapter("sft").orElseThrow().logProbs(GROUPS)).isEqualTo(tuned);
    assertThat(policy.adapter("other")).isEmpty();
  }

  @Test
  void keepAdapter_ofAPolicyWithoutAdapter_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> base.keepAdapter("sft"))
        .withMessage(
            "this policy has no adapter to keep; make it with TabularPolicy.onTopOf(base)");
  }

  @Test
  void frozenCopy_isUnaffectedByTraining() {
    TokenScorer frozen = base.frozenCopy();

    Tables.trainAStep(base);

    assertThat(base.logProbs(GROUPS)).isNotEqualTo(atFirst);
    assertThat(frozen.logProbs(GROUPS)).isEqualTo(atFirst);
  }

  @Test
  void frozenCopy_ofAPolicyWithAnAdapterKeepsBoth() {
    TabularPolicy policy = TabularPolicy.onTopOf(base);
    Tables.trainAStep(policy);
    TokenValues tuned = policy.logProbs(GROUPS);
    TokenScorer frozen = policy.frozenCopy();

    Tables.trainAStep(policy);

    assertThat(frozen.logProbs(GROUPS)).isEqualTo(tuned);
  }

  @Test
  void copy_trainsOnItsOwn() {
    TabularPolicy policy = TabularPolicy.onTopOf(base).keepAdapter("sft");
    TabularPolicy copy = policy.copy();

    Tables.trainAStep(copy);

    assertThat(policy.logProbs(GROUPS)).isEqualTo(atFirst);
    assertThat(copy.logProbs(GROUPS)).isNotEqualTo(atFirst);
    assertThat(copy.adapterOff().orElseThrow().logProbs(GROUPS)).isEqualTo(atFirst);
    assertThat(copy.adapter("sft").orElseThrow().logProbs(GROUPS)).isEqualTo(atFirst);
  }

  @Test
  void moveTowardsPolicy_isTheMovingAverageOfLogits() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, 1);
    policy.setLogits(ids(1), 0.0, 1.0, 2.0);
    MovableCopy moving = policy.frozenCopy();
    policy.setLogits(ids(1), 4.0, -3.0, 2.0);
    policy.setLogits(ids(2), 0.0, 8.0, 0.0);

    moving.moveTowardsPolicy(0.25);
    // ¾ (0, 1, 2) + ¼ (4, −3, 2) and ¾ (0, 0, 0) + ¼ (0, 8, 0)
    assertLogits(moving, 1, 1.0, 0.0, 2.0);
    assertLogits(moving, 2, 0.0, 2.0, 0.0);

    moving.moveTowardsPolicy(0.5);
    // ½ (1, 0, 2) + ½ (4, −3, 2) and ½ (0, 2, 0) + ½ (0, 8, 0)
    assertLogits(moving, 1, 2.5, -1.5, 2.0);
    assertLogits(moving, 2, 0.0, 5.0, 0.0);
  }

  @Test
  void moveTowardsPolicy_wholly_copiesAnew() {
    MovableCopy moving = base.frozenCopy();
    Tables.trainAStep(base);

    moving.moveTowardsPolicy(1.0);

    assertThat(moving.logProbs(GROUPS)).isEqualTo(base.logProbs(GROUPS));
  }

  @Test
  void moveTowardsPolicy_leavesThePolicyAlone() {
    MovableCopy moving = base.frozenCopy();
    Tables.trainAStep(base);
    TokenValues trained = base.logProbs(GROUPS);

    moving.moveTowardsPolicy(0.5);
    Tables.trainAStep(base.copy());

    assertThat(base.logProbs(GROUPS)).isEqualTo(trained);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.5, 1.5, Double.NaN})
  void moveTowardsPolicy_outOfRange_isRefused(double alpha) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> base.frozenCopy().moveTowardsPolicy(alpha))
        .withMessage("alpha must be in (0, 1], got %s", alpha);
  }

  private static void assertLogits(TokenScorer scorer, int context, double... logits) {
    TokenValues logProbs =
        scorer.logProbs(List.of(PromptGroup.of(ids(context), List.of(ids(0), ids(1), ids(2)))));
    double[] probabilities = Tables.softmax(logits);
    for (int v = 0; v < logits.length; v++) {
      assertThat(logProbs.get(v, 0)).isCloseTo(Math.log(probabilities[v]), within(1e-14));
    }
  }

  private static void assertClose(TokenValues actual, TokenValues expected) {
    assertThat(actual.sameShape(expected)).isTrue();
    for (int row = 0; row < expected.rows(); row++) {
      assertThat(actual.row(row)).containsExactly(expected.row(row), within(1e-14));
    }
  }
}
