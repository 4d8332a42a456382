package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.dpo4j.torch.internal.architecture.DecoderSpec;

/**
 * Numbers of rows that a model's products take at once on a CPU: those that a trial has shown to
 * give each row the bits that it has in a block ({@link RowBlocks}). Blocks are padded, and each
 * brings the whole matrix through the caches: together a tenth of a training step.
 *
 * <p>A number is tried when a batch first has it: a product with one matrix of each shape, where
 * the batch itself is multiplied with all layers' matrices.
 */
final class WholeRows {

  /** Of fewer, padding to a block costs less than a trial. */
  private static final int FEWEST = 192;

  /** Nothing is tried, and nothing taken at once. */
  static final WholeRows NONE = new WholeRows((rows, head) -> false);

  private record Rows(int count, boolean head) {}

  /** Of a number, and whether the head's matrix is meant. */
  private final BiPredicate<Integer, Boolean> trial;

  private final Map<Rows, Boolean> tried = new ConcurrentHashMap<>();
  private volatile boolean whateverTheNumber = true;

  WholeRows(BiPredicate<Integer, Boolean> trial) {
    this.trial = trial;
  }

  /** Of a model, with its own matrices. */
  static WholeRows of(
      PtNDManager manager, Kernels kernels, DecoderSpec spec, Weights weights, NumberTypes types) {
    return new WholeRows(
        (rows, head) -> {
          try (PtNDManager scratch = (PtNDManager) manager.newSubManager()) {
            PtNDArray words = weights.tensor(spec.head().weight());
            ImmutableList<RowBlocks.Factor> factors =
                head ? RowBlocks.blocks(scratch, kernels, words) : RowBlocks.layers(spec, weights);
            return factors.stream()
                .allMatch(factor -> RowBlocks.whole(scratch, kernels, factor, types, rows));
          }
        });
  }

  /** What the layers' products may take at once where there are so many rows, if anything. */
  long[] ofLayers(int rows) {
    return atOnce(rows, false);
  }

  /** What the head's may. */
  long[] ofHead(int rows) {
    return atOnce(rows, true);
  }

  private long[] atOnce(int rows, boolean head) {
    if (rows < FEWEST) {
      return new long[0];
    }
    if (whateverTheNumber || rows % RowBlocks.TILES == 0) {
      if (is(rows, head)) {
        return new long[] {rows};
      }
      whateverTheNumber = false;
    }
    int padded = (rows + RowBlocks.TILES - 1) / RowBlocks.TILES * RowBlocks.TILES;
    return is(padded, head) ? new long[] {padded} : new long[0];
  }

  private boolean is(int rows, boolean head) {
    return tried.computeIfAbsent(new Rows(rows, head), key -> trial.test(key.count(), key.head()));
  }
}
