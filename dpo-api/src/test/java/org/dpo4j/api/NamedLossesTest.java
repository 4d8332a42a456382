package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpo4j.core.loss.FDivergence;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.PairObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedLossesTest {

  private static final Map<String, Map<String, String>> REQUIRED =
      Map.of(
          "slic-hf", Map.of("nll-weight", "0.25"),
          "r-dpo", Map.of("alpha", "0.25"),
          "ld-dpo", Map.of("alpha", "0.25"));

  private static Objective<?> made(String name) {
    return Losses.named(name, REQUIRED.getOrDefault(name, Map.of())).objective();
  }

  private static PairObjective overPairs(String expression) {
    return ((NamedLoss.OverPairs) Losses.named(expression)).objective();
  }

  @Test
  void everyFactoryIsReachedByAName() throws ReflectiveOperationException {
    Set<String> made =
        Losses.names().stream().map(name -> made(name).name()).collect(Collectors.toSet());
    Set<Class<?>> types =
        Losses.names().stream().map(name -> made(name).getClass()).collect(Collectors.toSet());

    int factories = 0;
    for (Method factory : Losses.class.getDeclaredMethods()) {
      if (Modifier.isPublic(factory.getModifiers())
          && Objective.class.isAssignableFrom(factory.getReturnType())) {
        Object[] arguments = new Object[factory.getParameterCount()];
        Arrays.fill(arguments, 0.25);
        Objective<?> loss = (Objective<?>) factory.invoke(null, arguments);
        assertThat(made).as(factory.getName()).contains(loss.name());
        assertThat(types).as(factory.getName()).contains(loss.getClass());
        factories++;
      }
    }
    assertThat(factories).isGreaterThan(30);
    assertThat(made).as("no two names for one loss").hasSameSizeAs(Losses.names());
  }

  @Test
  void aNameIsTheLosssOwnButForCompositions() {
    assertThat(Losses.names())
        .allSatisfy(
            name -> {
              if (!Set.of("wpo", "mpo").contains(name)) {
                assertThat(made(name).name()).isEqualTo(name);
              }
            });
  }

  @Test
  void theTypeSaysWhichDataItNeeds() {
    assertThat(Losses.named("dpo")).isEqualTo(new NamedLoss.OverPairs(Losses.dpo()));
    assertThat(Losses.named("kto")).isEqualTo(new NamedLoss.OverUnpaired(Losses.kto()));
    assertThat(Losses.named("bco")).isEqualTo(new NamedLoss.OverUnpaired(Losses.bco()));
    assertThat(Losses.named("plackett-luce"))
        .isEqualTo(new NamedLoss.OverRankings(Losses.plackettLuce()));
  }

  @Test
  void parametersAreThePapersUnlessGiven() {
    assertThat(overPairs("simpo")).isEqualTo(Losses.simPo(0.5));
    assertThat(overPairs("simpo(gamma=1.5)")).isEqualTo(Losses.simPo(1.5));
    assertThat(Losses.named("simpo", Map.of("gamma", "1.5")).objective())
        .isEqualTo(Losses.simPo(1.5));
    assertThat(overPairs("dpop")).isEqualTo(Losses.dpop(50));
    assertThat(Losses.named("kto( desirable-weight = 1.33 )").objective())
        .isEqualTo(Losses.kto(1.33, 1.0));
    assertThat(overPairs("slic-hf(nll-weight=0.1)")).isEqualTo(Losses.slicHf(1.0, 0.1));
  }

  @Test
  void lossesOverPairsAreChangedByParameters() {
    assertThat(overPairs("dpo(label-smoothing=0.1)")).isEqualTo(Losses.cdpo(0.1));
    assertThat(overPairs("dpo(robust=0.1)")).isEqualTo(Losses.robustDpo(0.1));
    assertThat(overPairs("dpo(margin-scale=0.3)")).isEqualTo(Losses.offsetDpo(0.3));
    assertThat(overPairs("simpo(length-desensitised=0.5)"))
        .isEqualTo(Losses.simPo(0.5).lengthDesensitised(0.5));
    assertThat(overPairs("dpo(policy-weighted=true)")).isEqualTo(Losses.wpo());
    assertThat(overPairs("dpo(policy-weighted=false)")).isEqualTo(Losses.dpo());
    assertThat(overPairs("hinge(divergence=jensen-shannon, label-smoothing=0.2)"))
        .isEqualTo(Losses.hinge().under(new FDivergence.JensenShannon()).labelSmoothing(0.2));
    assertThat(overPairs("ipo(divergence=alpha-0.5)"))
        .isEqualTo(Losses.ipo().under(new FDivergence.Alpha(0.5)));
    assertThat(overPairs("ipo(divergence=forward-kl)"))
        .isEqualTo(Losses.ipo().under(new FDivergence.ForwardKl()));
    assertThat(overPairs("ipo(divergence=reverse-kl)"))
        .isEqualTo(Losses.ipo().under(new FDivergence.ReverseKl()));
  }

  @Test
  void lossesOverPairsAddUp() {
    assertThat(overPairs("dpo+0.2*sft")).isEqualTo(Losses.dpo().plus(0.2, Losses.sft()));
    assertThat(overPairs("0.8*dpo + 0.2*bco-pair + sft")).isEqualTo(Losses.mpo());
    assertThat(overPairs("0.5 * simpo(gamma=1) + dpo(label-smoothing=0.1)"))
        .isEqualTo(Losses.simPo(1).times(0.5).plus(1, Losses.cdpo(0.1)));
    assertThat(Losses.named("dpo + 0.5*simpo", Map.of("gamma", "2")).objective())
        .isEqualTo(Losses.dpo().plus(0.5, Losses.simPo(2)));
  }

  @Test
  void parametersAreListedWithTheirDefaults() {
    assertThat(Losses.parameters("simpo").get(0).toString())
        .isEqualTo(
            "LossParameter[name=gamma, fallback=Optional[0.5], meaning=target margin in units of"
                + " reward, ≥ 0]");
    assertThat(Losses.parameters("r-dpo").get(0).fallback()).isEmpty();
    assertThat(Losses.parameters("kto"))
        .extracting(LossParameter::name)
        .containsExactly("desirable-weight", "undesirable-weight");
    assertThat(Losses.parameters("plackett-luce")).isEqualTo(List.of());
  }

  @Test
  void anUnknownNameListsTheNearestFirst() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.named("simp0"))
        .withMessageStartingWith("no loss is named 'simp0'; there are simpo, ")
        .withMessageContaining(", plackett-luce");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.parameters("KTO"))
        .withMessageStartingWith("no loss is named 'KTO'; there are ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "simpo(gama=1) | loss 'simpo' has no parameter 'gama'; it takes gamma, robust, divergence,"
            + " margin-scale, label-smoothing, policy-weighted, length-desensitised",
        "bco(x=1) | loss 'bco' has no parameter 'x'; it takes none",
        "simpo(gamma=much) | parameter 'gamma' of loss 'simpo' must be a number, got 'much'",
        "simpo(gamma=NaN) | parameter 'gamma' of loss 'simpo' must be a number, got 'NaN'",
        "r-dpo | loss 'r-dpo' needs a parameter: 'alpha=…'",
        "nca(divergence=forward-kl) | loss 'nca' can't be given 'divergence': only losses that are"
            + " a function of a difference of rewards can",
        "dpo(divergence=kl) | divergence must be reverse-kl, forward-kl, jensen-shannon or"
            + " alpha-NUMBER, got 'kl'",
        "aot(label-smoothing=0.1) | loss 'aot' can't be given 'label-smoothing'",
        "dpo(policy-weighted=yes) | parameter 'policy-weighted' of loss 'dpo' must be true or"
            + " false, got 'yes'",
        "dpo(label-smoothing) | a loss's parameters must be written like gamma=0.5, got"
            + " 'label-smoothing' in 'dpo(label-smoothing)'",
        "dpo(robust=0, robust=0) | parameter 'robust' of loss 'dpo' is given twice",
        "dpo+ | a loss must be written like dpo, simpo(gamma=0.5) or 0.8*dpo + 0.2*sft, got 'dpo+'",
        "x*dpo | a loss's weight must be a number from 0 to 1000000, got 'x' in 'x*dpo'",
        "-1*dpo | a loss's weight must be a number from 0 to 1000000, got '-1' in '-1*dpo'",
        "1e308*dpo | a loss's weight must be a number from 0 to 1000000, got '1e308' in '1e308*dpo'",
        "NaN*dpo | a loss's weight must be a number from 0 to 1000000, got 'NaN' in 'NaN*dpo'",
        "d\u001b[31m\u009b2Jpo | a loss must be written in ASCII, like dpo, simpo(gamma=0.5) or 0.8*dpo + 0.2*sft, got 'd\\u001b[31m\\u009b2Jpo'",
        "dpo + kto | loss 'kto' can't be weighted or added: only losses over pairs can",
        "2*plackett-luce | loss 'plackett-luce' can't be weighted or added: only losses over pairs"
            + " can",
      })
  void whatIsWrongIsSaid(String expression, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.named(expression))
        .withMessage(message);
  }

  @Test
  void aParameterGivenApartIsTakenByOneLossOnly() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.named("dpo+ipo", Map.of("robust", "0.1")))
        .withMessage(
            "parameter 'robust' is taken by [dpo, ipo] of the sum's losses; write it as in"
                + " dpo(robust=0.1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.named("dpo+ipo", Map.of("gamma", "0.1")))
        .withMessage(
            "parameter 'gamma' is taken by none of the sum's losses; write it as in"
                + " dpo(gamma=0.1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.named("simpo(gamma=1)", Map.of("gamma", "2")))
        .withMessage("parameter 'gamma' of loss 'simpo' is given twice");
  }
}
