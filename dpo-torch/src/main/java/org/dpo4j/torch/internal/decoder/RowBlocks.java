package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;

/**
 * How many rows at a time a model's products take on a CPU, so that a row's bits don't depend on
 * the rows beside it. {@value Kernels#ROWS} always do; other numbers, with which large batches are
 * faster and small ones are padded less, only where they give the same bits on this processor, for
 * every shape of matrix that the model has. That is tried when a model first computes: which kernel
 * a library takes, and in what order it sums, is a matter of the shapes.
 *
 * @param sizes of prompts and scoring, descending, {@value Kernels#ROWS} among them
 * @param stepSizes of a step of generation, descending, {@value Kernels#FEW_ROWS} among them
 */
record RowBlocks(ImmutableList<Integer> sizes, ImmutableList<Integer> stepSizes) {

  static final RowBlocks LEAST =
      new RowBlocks(ImmutableList.of(Kernels.ROWS), ImmutableList.of(Kernels.FEW_ROWS));

  /** Multiples and parts of {@value Kernels#ROWS}, all of them whole tiles. */
  private static final ImmutableList<Integer> CANDIDATES = ImmutableList.of(384, 192, 96, 48, 24);

  private static final int ROWS_TRIED = 384;

  private static final ImmutableList<Integer> STEP_CANDIDATES =
      ImmutableList.of(32, 16, 8, Kernels.FEW_ROWS);

  private static final int STEP_ROWS_TRIED = 32;

  /** A matrix that rows are multiplied with. */
  private record Factor(PtNDArray matrix, boolean transposed) {

    int in() {
      return (int) matrix.getShape().get(transposed ? 0 : 1);
    }
  }

  /** Computes so many rows of x at a time. */
  private interface Product {
    PtNDArray by(PtNDManager owner, PtNDArray x, int size);
  }

  /** Tries the candidates on one of the model's own matrices of each shape. */
  static RowBlocks find(
      PtNDManager manager, Kernels kernels, DecoderSpec spec, Weights weights, NumberTypes types) {
    ImmutableList<Integer> sizes = CANDIDATES;
    ImmutableList<Integer> stepSizes = STEP_CANDIDATES;
    try (PtNDManager scratch = (PtNDManager) manager.newSubManager()) {
      for (Factor factor : layers(spec, weights).values()) {
        sizes = same(scratch, factor, ROWS_TRIED, sizes, product(kernels, factor, types));
        if (!factor.transposed()) { // A transposed one has steps of one size.
          stepSizes =
              same(scratch, factor, STEP_ROWS_TRIED, stepSizes, step(kernels, factor, types));
        }
      }
      PtNDArray words = weights.tensor(spec.head().weight());
      for (Factor block : blocks(scratch, kernels, words)) {
        sizes = same(scratch, block, ROWS_TRIED, sizes, product(kernels, block, types));
      }
      Factor head = stepHead(scratch, kernels, words, types);
      stepSizes = same(scratch, head, STEP_ROWS_TRIED, stepSizes, step(kernels, head, types));
    }
    return new RowBlocks(sizes, stepSizes);
  }

  /** The candidates that give the bits of the least one. */
  private static ImmutableList<Integer> same(
      PtNDManager scratch,
      Factor factor,
      int rows,
      ImmutableList<Integer> candidates,
      Product product) {
    int least = rows == ROWS_TRIED ? Kernels.ROWS : Kernels.FEW_ROWS;
    try (PtNDManager owner = (PtNDManager) scratch.newSubManager()) {
      PtNDArray x =
          (PtNDArray) owner.create(noise(rows * factor.in()), new Shape(rows, factor.in()));
      PtNDArray right = product.by(owner, x, least);
      return candidates.stream()
          .filter(size -> size == least || gives(right, owner, x, size, product))
          .collect(ImmutableList.toImmutableList());
    }
  }

  private static boolean gives(
      PtNDArray right, PtNDManager owner, PtNDArray x, int size, Product product) {
    try (PtNDArray tried = product.by(owner, x, size)) {
      return tried.contentEquals(right);
    }
  }

  private static Product product(Kernels kernels, Factor factor, NumberTypes types) {
    return (owner, x, size) ->
        kernels.tensor(
            owner,
            "product_by",
            x,
            factor.matrix(),
            factor.transposed(),
            types.layers(),
            new long[] {size},
            size);
  }

  private static Product step(Kernels kernels, Factor factor, NumberTypes types) {
    return (owner, x, size) ->
        kernels.tensor(owner, "step_by", x, factor.matrix(), types.layers(), size);
  }

  /** One matrix a shape. */
  private static Map<String, Factor> layers(DecoderSpec spec, Weights weights) {
    Map<String, Factor> factors = new LinkedHashMap<>();
    for (LayerSpec layer : spec.layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        Factor factor = new Factor(weights.computed(linear.weight()), linear.transposed());
        factors.putIfAbsent(factor.matrix().getShape() + " " + factor.transposed(), factor);
      }
    }
    return factors;
  }

  /** The head's as scoring takes them, block by block. */
  private static List<Factor> blocks(PtNDManager scratch, Kernels kernels, PtNDArray head) {
    long words = head.getShape().get(0);
    long block = Math.min(words, Network.HEAD_BLOCK);
    long rest = words % block;
    List<Factor> blocks = new ArrayList<>();
    blocks.add(new Factor(kernels.tensor(scratch, "part", head, 0, block), false));
    if (rest > 0) {
      blocks.add(new Factor(kernels.tensor(scratch, "part", head, words - rest, rest), false));
    }
    return blocks;
  }

  /** The head as a step takes it: whole, or in what is widened at a time. */
  private static Factor stepHead(
      PtNDManager scratch, Kernels kernels, PtNDArray head, NumberTypes types) {
    if (types.weights() == types.layers()) {
      return new Factor(head, false);
    }
    long block = Math.min(head.getShape().get(0), StepScript.WIDENED_ROWS);
    return new Factor(kernels.tensor(scratch, "part", head, 0, block), false);
  }

  /** Not libtorch's random numbers, which are the process's, and a run's. */
  private static float[] noise(int count) {
    Random random = new Random(1);
    float[] noise = new float[count];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }
}
