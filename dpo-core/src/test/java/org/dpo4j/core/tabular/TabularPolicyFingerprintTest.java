package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.tabular.Tables.TOKENIZER;
import static org.dpo4j.core.tabular.Tables.ids;

import java.util.List;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.TokenScorer;
import org.junit.jupiter.api.Test;

/** A name for what a scorer computes, by which its log-probabilities are kept. */
class TabularPolicyFingerprintTest {

  private final TabularPolicy base = Tables.random(20, Integer.MAX_VALUE);
  private final String atFirst = name(base);

  private static String name(TokenScorer scorer) {
    return scorer.fingerprint().orElseThrow();
  }

  @Test
  void fingerprint_isTheSameInEveryProcess() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, 1);
    policy.setLogits(ids(1), 0.5, -1.0, 2.0);

    // SHA-256 of little-endian 3, 1 (vocabulary, context length), then 1 and 1 (the context), then
    // the three logits, by another implementation.
    assertThat(name(policy))
        .isEqualTo("ffe973bafa818a85c41fe191138af11406c680e66e6238487969d0f20d356fd4");
  }

  @Test
  void fingerprint_isTheSameHoweverTheTableWasWritten() {
    TabularPolicy forwards = TabularPolicy.of(TOKENIZER);
    forwards.setLogits(ids(1), 1.0, 2.0, 3.0);
    forwards.setLogits(ids(1, 2), 4.0, 5.0, 6.0);
    TabularPolicy backwards = TabularPolicy.of(TOKENIZER);
    backwards.setLogits(ids(2), 0.0, -0.0, 0.0);
    backwards.setLogits(ids(1, 2), 4.0, 5.0, 6.0);
    backwards.setLogits(ids(1), 1.0, 2.0, 3.0);

    assertThat(name(backwards)).isEqualTo(name(forwards));
  }

  @Test
  void fingerprint_changesWithAnyLogitContextAndContextLength() {
    TabularPolicy logit = base.copy();
    double[] logits = Tables.logits();
    logit.setLogits(ids(1), logits);
    TabularPolicy nextDouble = base.copy();
    nextDouble.setLogits(ids(1), logits[0], logits[1], Math.nextUp(logits[2]));
    TabularPolicy context = base.copy();
    context.setLogits(ids(1, 1, 1, 1), logits);

    assertThat(
            List.of(
                atFirst,
                name(logit),
                name(nextDouble),
                name(context),
                name(Tables.random(20, 3)),
                name(TabularPolicy.of(TOKENIZER)),
                name(TabularPolicy.of(TOKENIZER, 3))))
        .doesNotHaveDuplicates();
  }

  @Test
  void fingerprint_followsTraining() {
    TabularPolicy copy = base.copy();
    assertThat(name(copy)).isEqualTo(atFirst);

    Tables.trainAStep(base);

    assertThat(name(base)).isNotEqualTo(atFirst);
    assertThat(name(copy)).isEqualTo(atFirst);
  }

  @Test
  void fingerprint_ofAFrozenCopyStaysUntilItIsMoved() {
    MovableCopy frozen = base.frozenCopy();
    Tables.trainAStep(base);
    assertThat(name(frozen)).isEqualTo(atFirst);

    frozen.moveTowardsPolicy(1.0);

    assertThat(name(frozen)).isEqualTo(name(base));
  }

  @Test
  void fingerprint_ofAnAdapterIsOfBaseAndAdapterTogether() {
    TabularPolicy policy = TabularPolicy.onTopOf(base);
    assertThat(name(policy)).as("a fresh adapter").isEqualTo(atFirst);
    Tables.trainAStep(policy);
    policy.keepAdapter("sft");
    String tuned = name(policy);
    TabularPolicy other = TabularPolicy.onTopOf(Tables.random(21, Integer.MAX_VALUE));
    Tables.trainAStep(policy);

    assertThat(name(policy.adapter("sft").orElseThrow())).isEqualTo(tuned);
    assertThat(name(policy.adapterOff().orElseThrow())).isEqualTo(atFirst);
    assertThat(List.of(name(policy), tuned, atFirst, name(other))).doesNotHaveDuplicates();
  }

  @Test
  void fingerprint_isUnknownUnlessAScorerSaysIt() {
    TokenScorer scorer =
        (groups, statistics) -> {
          throw new AssertionError("not asked for scores");
        };

    assertThat(scorer.fingerprint()).isEmpty();
  }
}
