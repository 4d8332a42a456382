package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.loss.Close.assertClose;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.Goldens.Fixture;
import org.dpo4j.core.loss.Goldens.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and gradients computed elsewhere: by TRL, by float64 autograd, by mpmath. */
class GoldenLossesTest {
  private static final double RELATIVE = 1e-9;
  private static final double FLOOR = 1e-12;

  @Test
  void fixtures_areAllMappedOnce() {
    List<String> names = Goldens.fixtures().stream().map(Fixture::name).toList();

    assertThat(names).hasSize(34).doesNotHaveDuplicates();
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    KnownObjectives.byFixtureName().keySet().stream(), Stream.of("kto_0", "kto_1"))
                .collect(Collectors.toList()));
  }

  @Test
  void selfDescribedGoldens_areFound() {
    assertThat(Goldens.selfDescribed())
        .extracting(Golden::name)
        .contains("dpop_50", "r_dpo_0.05", "ipo_summed_0.5");
  }

  static ImmutableList<Golden> pairs() {
    return ImmutableList.<Golden>builder()
        .addAll(KnownObjectives.fixtures())
        .addAll(Goldens.selfDescribed())
        .build();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void pairObjective_agreesWithGolden(Golden golden) {
    Evaluation evaluation = golden.objective().evaluate(golden.sample().batch(), golden.beta());

    assertClose("loss", evaluation.loss(), golden.loss(), RELATIVE, FLOOR);
    assertClose(evaluation.gradient(), golden.gradient(), RELATIVE, FLOOR);
    assertThat(Close.norm(golden.gradient())).isPositive();
  }

  static ImmutableList<Fixture> kto() {
    return Goldens.fixtures().stream()
        .filter(fixture -> fixture.name().startsWith("kto_"))
        .collect(ImmutableList.toImmutableList());
  }

  @ParameterizedTest
  @MethodSource("kto")
  void kto_agreesWithGolden(Fixture fixture) {
    Kto kto = new Kto(fixture.option("desirable_weight"), fixture.option("undesirable_weight"));
    PairSample sample = Goldens.sample(fixture.chosen(), fixture.rejected());
    List<Boolean> desirable =
        Stream.iterate(true, thumb -> !thumb).limit(sample.policy().rows()).toList();
    UnpairedBatch batch =
        UnpairedBatch.of(sample.policy(), sample.reference(), desirable)
            .withKlEstimate(fixture.option("kl_estimate"));

    Evaluation evaluation = kto.evaluate(batch, fixture.option("beta"));

    TokenValues gradient = fixture.gradient();
    assertClose("loss", evaluation.loss(), fixture.loss(), RELATIVE, FLOOR);
    assertClose(evaluation.gradient(), gradient, RELATIVE, FLOOR);
    assertThat(Close.norm(gradient)).isPositive();
  }
}
