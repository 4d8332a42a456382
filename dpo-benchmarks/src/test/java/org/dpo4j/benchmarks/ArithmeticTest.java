package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.junit.jupiter.api.Test;

class ArithmeticTest {

  /** Small enough to count by hand: heads of width 2, two of queries, one of keys and values. */
  private static final DecoderSize SIZE = new DecoderSize(3, 4, 5, 2, 1, 2, 10);

  /** Prompt of 3, completions of 2 and 1. */
  private static final BatchCount BATCH = BatchCount.of(List.of(group(3, 2, 1)));

  private static final Arithmetic ARITHMETIC = new Arithmetic(SIZE, 2);

  // q and o 4×4, k and v 2×4, gate, up and down 4×5, in 3 layers; 6 tokens, 3 of the last layer
  private static final double LINEAR = 2 * (6 * (3 * (16 + 16 + 8 + 8 + 60) - 76) + 3 * 76);
  // in + out: q and o 8, k and v 6, the MLP 9; of rank 2
  private static final double ADAPTER = 2 * 2 * (6 * (3 * (8 + 8 + 6 + 6 + 27) - 35) + 3 * 35);
  // 6 pairs in the prompt, 4 + 5 for the first completion, 4 for the second
  private static final double ATTENTION = 4 * (6 + 9 + 4) * 3 * 4;
  private static final double HEAD = 2 * 3 * 40;

  @Test
  void count_promptOnceAndOnlyWhatTheMaskLetsBe() {
    assertThat(BATCH).isEqualTo(new BatchCount(6, 3, 19));
  }

  @Test
  void count_ofBatch_sumOfItsGroups() {
    assertThat(BatchCount.of(List.of(group(3, 2, 1), group(1, 1, 1))))
        .isEqualTo(new BatchCount(6 + 3, 3 + 2, 19 + 5));
  }

  @Test
  void parameters_ofSmolLm2_asKnown() {
    DecoderSize smolLm2 = new DecoderSize(30, 576, 1536, 9, 3, 64, 49152);
    assertThat(30 * smolLm2.layerParameters() + smolLm2.headParameters() + 30 * 2 * 576 + 576)
        .isEqualTo(134_515_008);
    assertThat(30 * smolLm2.layerAdapterParameters(16)).isEqualTo(4_884_480);
  }

  @Test
  void live_referenceAndPolicyForward_backwardToTheAdapter() {
    assertThat(ARITHMETIC.useful(Setting.LIVE, BATCH))
        .isEqualTo(3 * LINEAR + 3 * ADAPTER + 4 * ATTENTION + 3 * HEAD);
    assertThat(ARITHMETIC.useful(Setting.LONG, BATCH))
        .isEqualTo(ARITHMETIC.useful(Setting.LIVE, BATCH));
  }

  @Test
  void cached_noReferenceForward() {
    assertThat(ARITHMETIC.useful(Setting.CACHED, BATCH))
        .isEqualTo(2 * LINEAR + 3 * ADAPTER + 3 * ATTENTION + 2 * HEAD);
  }

  @Test
  void full_backwardToTheWeights_noAdapter() {
    assertThat(ARITHMETIC.useful(Setting.FULL, BATCH))
        .isEqualTo(4 * LINEAR + 4 * ATTENTION + 4 * HEAD);
  }

  @Test
  void checkpointed_layersComputedAgain_countedApart() {
    assertThat(ARITHMETIC.useful(Setting.CHECKPOINTED, BATCH))
        .isEqualTo(ARITHMETIC.useful(Setting.LIVE, BATCH));
    assertThat(ARITHMETIC.recomputed(Setting.CHECKPOINTED, BATCH))
        .isEqualTo(LINEAR + ADAPTER + ATTENTION);
    assertThat(ARITHMETIC.recomputed(Setting.LIVE, BATCH)).isZero();
  }

  private static PromptGroup group(int prompt, int chosen, int rejected) {
    return PromptGroup.of(ids(prompt), List.of(ids(chosen), ids(rejected)));
  }

  private static ImmutableIntArray ids(int length) {
    return ImmutableIntArray.copyOf(new int[length]);
  }
}
