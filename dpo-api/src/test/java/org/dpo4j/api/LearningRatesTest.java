package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.TrainedPart;
import org.dpo4j.core.loss.Objective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The learning rate and the β of trainers that are told none. */
class LearningRatesTest {

  private static Policy policy(TrainedPart.Kind kind, long parameters) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.trainedPart = new TrainedPart(kind, parameters);
    return policy;
  }

  @ParameterizedTest
  @CsvSource({
    "ADAPTER, 7000000000, 1e-4, 1e-4",
    "ADAPTER, 135000000, 1e-4, 1e-4",
    "ADAPTER, 0, 1e-4, 1e-4",
    "WEIGHTS, 70000000000, 1.7e-7, 1.7e-6",
    "WEIGHTS, 7000000000, 5.3e-7, 5.3e-6",
    "WEIGHTS, 135000000, 3.8e-6, 3.8e-5",
    "WEIGHTS, 0, 1e-6, 1e-5",
    "TABLE, 0, 0.05, 0.05",
  })
  void usualRate_followsWhatIsTrainedAndHowLargeTheModelIs(
      TrainedPart.Kind kind, long parameters, double preferences, double imitation) {
    Policy policy = policy(kind, parameters);

    assertThat(LearningRates.forPreferences(policy, Losses.dpo())).isEqualTo(preferences);
    assertThat(LearningRates.forPreferences(policy, Losses.orpo())).isEqualTo(imitation);
    assertThat(LearningRates.forImitation(policy)).isEqualTo(imitation);
  }

  @Test
  void usualRate_ofSmallModelsAdapters_isLarger() {
    assertThat(
            LearningRates.forPreferences(policy(TrainedPart.Kind.ADAPTER, 100_000), Losses.dpo()))
        .isBetween(5e-4, 1e-3);
  }

  @ParameterizedTest
  @CsvSource({
    "dpo, 0.1",
    "ipo, 0.1",
    "simpo, 2",
    "simpo(gamma=1.5), 2",
    "simpo(label-smoothing=0.1), 2",
    "simpo(length-desensitised=0.5), 2",
    "dpo-norm, 5",
    "dpo-norm(divergence=jensen-shannon), 5",
    "sft+0.5*simpo, 2",
    "0.2*dpo+simpo, 0.1",
    "orpo, 0.1",
    "kto, 0.1",
    "plackett-luce, 0.1",
  })
  void usualBeta_isTheLosss(String loss, double beta) {
    assertThat(named(loss).usualBeta()).hasValue(beta);
  }

  @ParameterizedTest
  @CsvSource({"sft", "simper", "slic-hf(nll-weight=1)", "2*sft"})
  void usualBeta_ofALossThatHasNone_isEmpty(String loss) {
    assertThat(named(loss).usualBeta()).isEmpty();
  }

  private static Objective<?> named(String loss) {
    return Losses.named(loss, Map.of()).objective();
  }

  @Test
  void trainers_thatAreToldNothing_takeWhatIsUsual() {
    TrainingReport byDefault =
        DpoTrainer.builder()
            .policy(policy(TrainedPart.Kind.WEIGHTS, 7_000_000_000L))
            .loss(Losses.simPo(0.5))
            .build()
            .train(Toy.pairs(8));

    assertThat(byDefault.beta()).hasValue(2.0);
    assertThat(byDefault.finalMetrics().get("learning_rate")).isCloseTo(5.3e-7, within(1e-12));
    assertThat(
            SftTrainer.builder()
                .policy(policy(TrainedPart.Kind.WEIGHTS, 7_000_000_000L))
                .build()
                .train(Toy.pairs(8))
                .finalMetrics()
                .get("learning_rate"))
        .isCloseTo(5.3e-6, within(1e-12));
  }

  /** Nothing the library advises against is its own default. */
  @Test
  void table_thatIsTrainedByDefaults_learnsAndRaisesNoAlarm() {
    TrainingReport report =
        DpoTrainer.builder()
            .policy(Toy.random())
            .evaluation(Toy.pairs(20))
            .epochs(20)
            .build()
            .train(Toy.pairs(20));

    assertThat(report.finalEvaluation().get("eval_rewards/accuracies")).isGreaterThan(0.9);
    assertThat(report.alarms()).allMatch(alarm -> alarm.kind().isNote());
  }

  @Test
  void sweep_thatIsGivenNoBeta_triesSomeAroundTheLosss() {
    assertThat(Sweep.of(List.of("dpo", "simpo", "simper")).settings())
        .extracting(Sweep.Setting::toString)
        .containsExactly(
            "dpo, β = 0.05",
            "dpo, β = 0.1",
            "dpo, β = 0.2",
            "dpo, β = 0.5",
            "simpo, β = 1.0",
            "simpo, β = 2.0",
            "simpo, β = 4.0",
            "simpo, β = 10.0",
            "simper, β = 0.1");
  }
}
