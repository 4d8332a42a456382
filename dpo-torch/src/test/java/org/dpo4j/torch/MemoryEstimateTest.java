package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.util.OptionalLong;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TimeEstimate;
import org.dpo4j.api.TrainingPlan;
import org.dpo4j.api.TrainingPlan.Work;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.TokenStatistic;
import org.junit.jupiter.api.Test;

/**
 * Memory of a tiny Llama, counted by hand: width 32, two layers of 4 heads on 2 of width 8, an MLP
 * of 48, 385 words.
 */
class MemoryEstimateTest {

  private static final int VOCABULARY = 385 * 32;
  private static final int ATTENTION = 32 * 32 + 2 * 32 * 16 + 32 * 32;
  private static final int MLP = 3 * 32 * 48;
  private static final int NORMS = 2 * 32;
  private static final long MATRICES = VOCABULARY + 2L * (ATTENTION + MLP);
  private static final long VECTORS = 2 * NORMS + 32;

  /** Of rank 4 on all linear modules: 4 · (in + out). */
  private static final long LORA =
      2 * 4 * ((32 + 32) + 2 * (32 + 16) + (32 + 32) + 2 * (32 + 48) + (48 + 32));

  private static final OptimizerSpec ADAM = AdamW.learningRate(1e-3);

  private final TinyModel tiny = TinyModel.of("llama");
  private final ImmutableList<PromptGroup> groups = ImmutableList.copyOf(tiny.groups());

  private TrainingPlan plan(
      Reference reference, OptimizerSpec optimizer, ImmutableList<PromptGroup> largest) {
    Work work = new Work(1, TrainingPlan.tokens(largest));
    return new TrainingPlan(
        1,
        1,
        0,
        work,
        work,
        new Work(0, 0),
        new Work(0, 0),
        work,
        largest,
        ImmutableList.of(),
        ImmutableList.of(largest),
        ImmutableSet.<TokenStatistic>of(),
        reference,
        optimizer);
  }

  private TrainingPlan plan(Reference reference, OptimizerSpec optimizer) {
    return plan(reference, optimizer, groups);
  }

  @Test
  void memory_adapter_partsAreThoseCountedByHand() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).allLinear());

      MemoryEstimate memory = policy.memory(plan(Reference.adapterOff(), ADAM));

      assertThat(memory.weights()).isEqualTo(4 * (MATRICES + VECTORS));
      assertThat(memory.adapters()).isEqualTo((4 + 4) * LORA);
      assertThat(memory.gradients()).isEqualTo(4 * LORA);
      assertThat(memory.moments()).isEqualTo(2 * 4 * LORA);
      assertThat(memory.reference()).isZero();
      assertThat(memory.total())
          .isEqualTo(4 * (MATRICES + VECTORS) + 20 * LORA + memory.activations() + memory.other());
    }
  }

  @Test
  void memory_weights_partsAreThoseCountedByHand() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();

      MemoryEstimate memory = policy.memory(plan(Reference.frozenCopy(), ADAM));

      assertThat(memory.adapters()).isZero();
      assertThat(memory.gradients()).isEqualTo(memory.weights());
      assertThat(memory.moments()).isEqualTo(2 * memory.weights());
      assertThat(memory.reference()).isEqualTo(memory.weights());
    }
  }

  @Test
  void memory_someWeights_copiesWhatIsJoinedWithThem() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy =
          model.trainWeights(name -> name.equals("model.layers.0.mlp.up_proj.weight"));

      MemoryEstimate memory = policy.memory(plan(Reference.frozenCopy(), ADAM));

      assertThat(memory.gradients()).isEqualTo(4 * 32 * 48);
      assertThat(memory.reference()).isEqualTo(2 * 4 * 32 * 48);
    }
  }

  @Test
  void memory_otherOptimizers_haveOneMoment() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).allLinear());

      for (OptimizerSpec optimizer :
          new OptimizerSpec[] {Sgd.learningRate(1), RmsProp.learningRate(1)}) {
        assertThat(policy.memory(plan(Reference.adapterOff(), optimizer)).moments())
            .isEqualTo(4 * LORA);
      }
    }
  }

  @Test
  void memory_references_haveWhatIsTheirOwn() {
    try (LanguageModel model = tiny.load();
        LanguageModel other = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).allLinear());

      assertThat(policy.memory(plan(Reference.frozenCopy(), ADAM)).reference()).isEqualTo(4 * LORA);
      assertThat(policy.memory(plan(Reference.moving(0.5, 1), ADAM)).reference())
          .isEqualTo(4 * LORA);
      assertThat(policy.memory(plan(Reference.model(model.base()), ADAM)).reference()).isZero();
      assertThat(policy.memory(plan(Reference.model(other.base()), ADAM)).reference())
          .isEqualTo(4 * (MATRICES + VECTORS));
      assertThat(
              policy
                  .memory(plan(Reference.cached(Reference.model(other.base())), ADAM))
                  .reference())
          .isEqualTo(4 * (MATRICES + VECTORS) + 12L * TrainingPlan.tokens(groups));
    }
  }

  @Test
  void memory_narrowWeights_vectorsStayWide() {
    try (LanguageModel model =
        tiny.load(Placement.on("cpu").precision(Precision.BFLOAT16_WEIGHTS))) {
      TorchPolicy policy = model.train(Lora.rank(4).allLinear());

      assertThat(policy.memory(plan(Reference.adapterOff(), ADAM)).weights())
          .isEqualTo(2 * MATRICES + 4 * VECTORS);
    }
  }

  @Test
  void memory_activations_growWithTokens_andAreLessCheckpointed() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).allLinear());
      long all = policy.memory(plan(Reference.adapterOff(), ADAM)).activations();
      long one =
          policy.memory(plan(Reference.adapterOff(), ADAM, groups.subList(0, 1))).activations();

      policy.checkpointing(Checkpointing.on());
      long checkpointed = policy.memory(plan(Reference.adapterOff(), ADAM)).activations();

      assertThat(all).isGreaterThan(2 * one);
      assertThat(checkpointed).isLessThan(all);
    }
  }

  @Test
  void fits_exactlyWhatIsAvailable_orUnknown_otherwiseNot() {
    MemoryEstimate estimate = new MemoryEstimate(1, 2, 3, 4, 5, 6, 7, OptionalLong.empty());

    assertThat(estimate.total()).isEqualTo(28);
    assertThat(estimate.fits()).isTrue();
    assertThat(estimate.atMost(28).fits()).isTrue();
    assertThat(estimate.atMost(27).fits()).isFalse();
    assertThat(estimate.atMost(27).atMost(28).available()).hasValue(27);
  }

  @Test
  void memory_ofARunInThisProcess_fits() {
    try (LanguageModel model = tiny.load()) {
      MemoryEstimate memory = model.train(Lora.rank(4)).memory(plan(Reference.adapterOff(), ADAM));

      assertThat(memory.available().orElseThrow()).isGreaterThan(memory.total());
      assertThat(memory.fits()).isTrue();
    }
  }

  @Test
  void measure_leavesWeightsBitForBit() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      for (OptimizerSpec optimizer :
          new OptimizerSpec[] {
            AdamW.learningRate(1).weightDecay(0.5), Sgd.learningRate(1), RmsProp.learningRate(1)
          }) {
        String before = policy.fingerprint().orElseThrow();

        TimeEstimate time =
            TimeEstimate.measure(
                policy, plan(Reference.frozenCopy(), optimizer), Duration.ofSeconds(5));

        assertThat(time.total()).isPositive();
        assertThat(policy.fingerprint()).hasValue(before);
      }
    }
  }
}
