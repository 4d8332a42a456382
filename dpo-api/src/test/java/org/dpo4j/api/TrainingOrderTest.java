package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Lists;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.junit.jupiter.api.Test;

class TrainingOrderTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(20);

  private static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return Toy.trainer(policy).optimizer(AdamW.learningRate(0.05)).batchSize(3).epochs(3);
  }

  @Test
  void theSameSeedGivesTheSameRunToTheLastBit() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    ObservedPolicy again = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).seed(5).build().train(PAIRS);
    TrainingReport repeated = trainer(again).seed(5).build().train(PAIRS);

    assertThat(repeated.steps()).isEqualTo(report.steps());
    assertThat(again.trainedOn).isEqualTo(policy.trainedOn);
    assertThat(Toy.logProbs(again, PAIRS)).isEqualTo(Toy.logProbs(policy, PAIRS));
  }

  @Test
  void anotherSeedGivesAnotherOrder() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    ObservedPolicy other = new ObservedPolicy(Toy.random());

    trainer(policy).seed(5).build().train(PAIRS);
    trainer(other).seed(6).build().train(PAIRS);

    assertThat(other.trainedOn).isNotEqualTo(policy.trainedOn);
  }

  @Test
  void eachEpochTakesEveryPairOnceInAnOrderOfItsOwn() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    trainer(policy).build().train(PAIRS);

    List<List<PromptGroup>> epochs = Lists.partition(policy.trainedOn, PAIRS.size());
    assertThat(epochs).hasSize(3).doesNotHaveDuplicates();
    assertThat(epochs).doesNotContain(Toy.tokens(PAIRS));
    for (List<PromptGroup> epoch : epochs) {
      assertThat(epoch).containsExactlyInAnyOrderElementsOf(Toy.tokens(PAIRS));
    }
  }

  @Test
  void withoutShuffleEveryEpochKeepsTheOrderOfTheData() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    trainer(policy).shuffle(false).build().train(PAIRS);

    assertThat(Lists.partition(policy.trainedOn, PAIRS.size()))
        .hasSize(3)
        .containsOnly(Toy.tokens(PAIRS));
  }

  @Test
  void noStepReachesIntoTheNextEpoch() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    trainer(policy).batchSize(3).accumulateOver(2).epochs(2).build().train(PAIRS);

    assertThat(policy.passSizes).containsExactly(3, 3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 3, 2);
  }
}
