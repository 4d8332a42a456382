package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import org.dpo4j.core.batch.TokenStatistic;
import org.junit.jupiter.api.Test;

class TraitsTest {

  @Test
  void changes_touchOneTraitEach() {
    ImmutableSet<TokenStatistic> none = ImmutableSet.of();
    ImmutableSet<TokenStatistic> entropy = ImmutableSet.of(TokenStatistic.ENTROPY);

    assertThat(Traits.REFERENCED).isEqualTo(new Traits(true, false, false, false, false, none));
    assertThat(Traits.REFERENCE_FREE)
        .isEqualTo(new Traits(false, false, false, false, false, none));
    assertThat(Traits.REFERENCE_FREE.withMargins())
        .isEqualTo(new Traits(false, true, false, false, false, none));
    assertThat(Traits.REFERENCE_FREE.withNoise())
        .isEqualTo(new Traits(false, false, true, false, false, none));
    assertThat(Traits.REFERENCE_FREE.coupled())
        .isEqualTo(new Traits(false, false, false, true, false, none));
    assertThat(Traits.REFERENCE_FREE.perToken())
        .isEqualTo(new Traits(false, false, false, false, true, none));
    assertThat(Traits.REFERENCED.measuring(TokenStatistic.ENTROPY))
        .isEqualTo(new Traits(true, false, false, false, false, entropy));
  }

  @Test
  void sum_needsWhatEitherNeeds() {
    Traits one = Traits.REFERENCE_FREE.withMargins().measuring(TokenStatistic.ENTROPY);
    Traits other =
        Traits.REFERENCED.coupled().withNoise().perToken().measuring(TokenStatistic.LOG_COLLISION);

    assertThat(one.or(other))
        .isEqualTo(other.or(one))
        .isEqualTo(
            new Traits(true, true, true, true, true, ImmutableSet.copyOf(TokenStatistic.values())));
    assertThat(one.or(one)).isEqualTo(one);
  }

  @Test
  void transforms_keepTheTraitsOfWhatTheyWrap() {
    PairObjective exo = new Exo(0.1).policyWeighted().lengthDesensitised(0.5);

    assertThat(exo.traits())
        .isEqualTo(new Exo(0.1).traits().measuring(TokenStatistic.LOG_COLLISION));
    assertThat(new SimPo(0.5).labelSmoothing(0.1).traits())
        .isEqualTo(Traits.REFERENCE_FREE.perToken().withMargins().withNoise());
    assertThat(new Orpo().robust(0.1).traits())
        .isEqualTo(Traits.REFERENCE_FREE.perToken().withNoise());
    assertThat(new Cpo(1.0).marginScale(2.0).traits()).isEqualTo(new Cpo(1.0).traits());
    assertThat(new Sft().plus(0.5, new Nca()).traits()).isEqualTo(Traits.REFERENCED);
  }
}
