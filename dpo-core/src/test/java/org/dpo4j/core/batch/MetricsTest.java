package org.dpo4j.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Metrics SOME =
      Metrics.NONE.with("rewards/chosen", 6.0, 4).with("learning_rate", 1e-6);

  @Test
  void metric_isAMean() {
    assertThat(SOME.get("rewards/chosen")).isEqualTo(1.5);
    assertThat(SOME.get("learning_rate")).isEqualTo(1e-6);
    assertThat(SOME.has("rewards/chosen")).isTrue();
    assertThat(SOME.has("loss")).isFalse();
    assertThat(Metrics.NONE.names()).isEmpty();
  }

  @Test
  void merge_weighsMeansByTheirExamples() {
    Metrics one = Metrics.NONE.with("a", 1.0, 1).with("b", 2.0, 1);
    Metrics three = Metrics.NONE.with("a", 9.0, 3).with("c", 5.0);

    assertThat(one.merge(three).asMap()).isEqualTo(ImmutableMap.of("a", 2.5, "b", 2.0, "c", 5.0));
    assertThat(one.merge(Metrics.NONE)).isEqualTo(one);
    assertThat(Metrics.NONE.merge(one)).isEqualTo(one);
  }

  @Test
  void names_keepTheirOrder() {
    assertThat(SOME.with("a", 1.0).with("rewards/chosen", 0.0).names())
        .containsExactly("rewards/chosen", "learning_rate", "a");
    assertThat(SOME.prefixed("eval_").asMap())
        .isEqualTo(ImmutableMap.of("eval_rewards/chosen", 1.5, "eval_learning_rate", 1e-6));
  }

  @Test
  void changes_leaveTheOriginalAlone() {
    Metrics changed = SOME.with("rewards/chosen", 0.0);

    assertThat(changed.get("rewards/chosen")).isZero();
    assertThat(SOME.get("rewards/chosen")).isEqualTo(1.5);
  }

  @Test
  void unknownMetric_isRefusedWithTheNamesThereAre() {
    assertThatThrownBy(() -> SOME.get("loss"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no metric is named 'loss'; there are [rewards/chosen, learning_rate]");
  }

  @Test
  void count_mustBePositive() {
    assertThatThrownBy(() -> Metrics.NONE.with("a", 1.0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be a finite number > 0, got 0.0");
  }

  @Test
  void equality_isOfMeans() {
    Metrics same = Metrics.NONE.with("rewards/chosen", 1.5, 1).with("learning_rate", 1e-6);

    assertThat(SOME).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(SOME).isNotEqualTo(same.with("rewards/chosen", 1.0));
  }

  @Test
  void text_isOneLineWithPointsWhateverTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(SOME).hasToString("rewards/chosen=1.5000 learning_rate=1.0000e-06");
    } finally {
      Locale.setDefault(before);
    }
  }
}
