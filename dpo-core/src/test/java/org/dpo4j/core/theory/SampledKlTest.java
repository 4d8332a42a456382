package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SampledKlTest {

  @Test
  void prompts_countTheSame() {
    SampledKl kl = SampledKl.of(List.of(new double[] {1, 3}, new double[] {4}));

    assertThat(kl.mean()).isEqualTo(3);
    // Means 2 and 4 about 3: √((1 + 1) / 1 / 2)
    assertThat(kl.error()).isCloseTo(1, within(1e-12));
    assertThat(kl.prompts()).isEqualTo(2);
    assertThat(kl.samples()).isEqualTo(3);
    assertThat(kl).hasToString("3.00 nats (1.04 to 4.96)");
  }

  @Test
  void onePrompt_saysNothingOfOthers() {
    assertThat(SampledKl.of(List.of(new double[] {1, 2})).high()).isInfinite();
  }

  /** Bernoulli ¾ against ½, whose KL is known; 19 intervals of 20 hold it. */
  @Test
  void interval_holdsTheKlAsOftenAsItSays() {
    double kl = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    Random random = new Random(3);
    int held = 0;
    for (int i = 0; i < 1_000; i++) {
      List<double[]> prompts = new ArrayList<>();
      for (int prompt = 0; prompt < 50; prompt++) {
        prompts.add(
            DoubleStream.generate(() -> Math.log(random.nextDouble() < 0.75 ? 1.5 : 0.5))
                .limit(4)
                .toArray());
      }
      SampledKl estimate = SampledKl.of(prompts);
      held += estimate.low() <= kl && kl <= estimate.high() ? 1 : 0;
    }
    assertThat(held).isBetween(920, 980);
  }

  @Test
  void noPrompt_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampledKl.of(List.of()))
        .withMessage("logRatios must have at least one prompt, got none");
  }
}
