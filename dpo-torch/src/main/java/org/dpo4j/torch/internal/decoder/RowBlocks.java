package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;

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

  static final int LARGEST = 384;

  /** Whole tiles of 4, 6 and 8 rows. */
  static final int TILES = 24;

  /**
   * Many, since each product brings the whole matrix through the caches, and what is left is padded
   * to one of them. Not more, since what is tried takes memory.
   */
  private static final ImmutableList<Integer> CANDIDATES =
      IntStream.iterate(LARGEST, rows -> rows > 0, rows -> rows - TILES)
          .boxed()
          .collect(ImmutableList.toImmutableList());

  private static final ImmutableList<Integer> STEP_CANDIDATES =
      ImmutableList.of(32, 16, 8, Kernels.FEW_ROWS);

  private static final int STEP_LARGEST = 32;

  private static final int NOISY_ROWS = 16;

  /** A matrix that rows are multiplied with. */
  record Factor(PtNDArray matrix, boolean transposed) {

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
      for (Factor factor : layers(spec, weights)) {
        sizes =
            same(scratch, kernels, factor.in(), LARGEST, sizes, product(kernels, factor, types));
        if (!factor.transposed()) { // A transposed one has steps of one size.
          stepSizes =
              same(
                  scratch,
                  kernels,
                  factor.in(),
                  STEP_LARGEST,
                  stepSizes,
                  step(kernels, factor, types));
        }
      }
      PtNDArray words = weights.tensor(spec.head().weight());
      for (Factor block : blocks(scratch, kernels, words)) {
        sizes = same(scratch, kernels, block.in(), LARGEST, sizes, product(kernels, block, types));
      }
      Factor head = stepHead(scratch, kernels, words, types);
      stepSizes =
          same(scratch, kernels, head.in(), STEP_LARGEST, stepSizes, step(kernels, head, types));
    }
    return new RowBlocks(sizes, stepSizes);
  }

  /**
   * What an adapter multiplies with where it changes jointly computed modules.
   *
   * @param in width of their input
   * @param ranks of all of them together
   * @param rank of one
   * @param out width of its result
   */
  record Branch(int in, int ranks, int rank, int out) {}

  /** One of each shape. */
  static ImmutableSet<Branch> branches(DecoderSpec spec, ImmutableList<LayerAdapter> adapters) {
    ImmutableSet.Builder<Branch> branches = ImmutableSet.builder();
    for (LayerSpec layer : spec.layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        for (LayerAdapter adapter : adapters) {
          int ranks = adapter.among(linear).stream().mapToInt(adapter::rank).sum();
          for (LinearSpec module : adapter.among(linear)) {
            branches.add(new Branch(linear.in(), ranks, adapter.rank(module), module.out()));
          }
        }
      }
    }
    return branches.build();
  }

  /** The sizes that an adapter's products may have, tried on noise of their shape. */
  static ImmutableList<Integer> of(
      PtNDManager manager, Kernels kernels, Branch branch, NumberTypes types) {
    try (PtNDManager scratch = (PtNDManager) manager.newSubManager()) {
      PtNDArray a = noise(scratch, branch.ranks(), branch.in());
      PtNDArray b = noise(scratch, branch.rank(), branch.out());
      Product product =
          (owner, x, size) ->
              kernels.tensor(owner, "lora_by", x, a, b, types.layers(), new long[] {size}, size);
      return same(scratch, kernels, branch.in(), LARGEST, CANDIDATES, product);
    }
  }

  /** The candidates that all have. */
  static ImmutableList<Integer> common(Stream<ImmutableList<Integer>> sizes) {
    Set<Integer> common = new LinkedHashSet<>(CANDIDATES);
    sizes.forEach(common::retainAll);
    return ImmutableList.copyOf(common);
  }

  /**
   * The candidates that give the bits of the least one. One block of each is enough: it has all
   * places that a row can have in it.
   */
  private static ImmutableList<Integer> same(
      PtNDManager scratch,
      Kernels kernels,
      int in,
      int rows,
      ImmutableList<Integer> candidates,
      Product product) {
    int least = rows == LARGEST ? Kernels.ROWS : Kernels.FEW_ROWS;
    try (PtNDManager owner = (PtNDManager) scratch.newSubManager()) {
      // Which numbers a row has doesn't matter, only its place.
      PtNDArray x = repeated(owner, kernels, noise(owner, NOISY_ROWS, in), rows);
      PtNDArray right = product.by(owner, x, least);
      ImmutableList.Builder<Integer> same = ImmutableList.builder();
      for (int size : candidates) {
        if (size == least || gives(owner, kernels, x, right, size, product)) {
          same.add(size);
        }
      }
      return same.build();
    }
  }

  private static boolean gives(
      PtNDManager owner, Kernels kernels, PtNDArray x, PtNDArray right, int size, Product product) {
    try (PtNDManager trial = (PtNDManager) owner.newSubManager()) {
      PtNDArray tried = product.by(trial, kernels.tensor(trial, "part", x, 0, size), size);
      return tried.contentEquals(kernels.tensor(trial, "part", right, 0, size));
    }
  }

  /** Whether a product of so many rows gives each row the bits of the least block. */
  static boolean whole(
      PtNDManager scratch, Kernels kernels, Factor factor, NumberTypes types, int rows) {
    Product product = product(kernels, factor, types);
    try (PtNDManager owner = (PtNDManager) scratch.newSubManager()) {
      PtNDArray few = noise(owner, NOISY_ROWS, factor.in());
      PtNDArray x = repeated(owner, kernels, few, rows);
      PtNDArray block = repeated(owner, kernels, few, Kernels.ROWS);
      PtNDArray right = repeated(owner, kernels, product.by(owner, block, Kernels.ROWS), rows);
      return product.by(owner, x, rows).contentEquals(right);
    }
  }

  private static PtNDArray repeated(PtNDManager owner, Kernels kernels, PtNDArray x, int rows) {
    int height = (int) x.getShape().get(0);
    PtNDArray enough = kernels.tensor(owner, "repeated", x, (rows + height - 1) / height);
    return kernels.tensor(owner, "part", enough, 0, rows);
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
  static ImmutableList<Factor> layers(DecoderSpec spec, Weights weights) {
    Map<String, Factor> factors = new LinkedHashMap<>();
    for (LayerSpec layer : spec.layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        Factor factor = new Factor(weights.computed(linear.weight()), linear.transposed());
        factors.putIfAbsent(factor.matrix().getShape() + " " + factor.transposed(), factor);
      }
    }
    return ImmutableList.copyOf(factors.values());
  }

  /** The head's as scoring takes them, block by block. */
  static ImmutableList<Factor> blocks(PtNDManager scratch, Kernels kernels, PtNDArray head) {
    long words = head.getShape().get(0);
    long block = Math.min(words, Network.HEAD_BLOCK);
    long rest = words % block;
    ImmutableList.Builder<Factor> blocks = ImmutableList.builder();
    blocks.add(new Factor(kernels.tensor(scratch, "part", head, 0, block), false));
    if (rest > 0) {
      blocks.add(new Factor(kernels.tensor(scratch, "part", head, words - rest, rest), false));
    }
    return blocks.build();
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
  private static PtNDArray noise(PtNDManager owner, int rows, int columns) {
    Random random = new Random(1);
    float[] noise = new float[rows * columns];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return (PtNDArray) owner.create(noise, new Shape(rows, columns));
  }
}
