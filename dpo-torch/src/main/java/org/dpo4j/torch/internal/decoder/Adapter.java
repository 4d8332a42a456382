package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * LoRA's numbers on a device.
 *
 * <p>The A's of modules that are computed together ({@link JoinedLinear}) lie one above the other
 * in one tensor, so that all of them take one matrix product. B is held as its transpose, whose
 * gradient libtorch computes twice as fast. {@link #source} gives both back as LoRA writes them.
 *
 * @param matrices by module path, in the order of the forward pass
 * @param joined A's by the paths of their modules, {@code +} between them; {@code [Σ rank, in]}
 * @param dropout probability in [0, 1), for when it is trained
 */
public record Adapter(
    ImmutableMap<String, Matrices> matrices,
    ImmutableMap<String, PtNDArray> joined,
    double dropout) {

  /**
   * One module's.
   *
   * @param a A, {@code [rank, in]}, fp32; rows of a joined tensor
   * @param bTransposed Bᵀ, {@code [rank, out]}, fp32
   * @param scale s
   */
  public record Matrices(PtNDArray a, PtNDArray bTransposed, double scale) {

    int rank() {
      return (int) a.getShape().get(0);
    }
  }

  /**
   * Numbers before they are on a device.
   *
   * @param module path
   * @param in width of the module's input
   * @param out width of its output
   * @param rank r
   * @param scale s
   * @param a {@code [rank · in]}, row by row
   * @param b {@code [out · rank]}, row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Source(
      String module, int in, int out, int rank, double scale, float[] a, float[] b) {}

  /**
   * Puts an adapter on a device.
   *
   * @param model it is for
   * @param owner of the tensors
   * @param sources one a module
   * @param dropout probability in [0, 1)
   * @return the adapter
   */
  public static Adapter of(
      Model model, PtNDManager owner, Iterable<Source> sources, double dropout) {
    Map<String, Source> byModule = new HashMap<>();
    sources.forEach(source -> byModule.put(source.module(), source));
    ImmutableMap.Builder<String, Matrices> matrices = ImmutableMap.builder();
    ImmutableMap.Builder<String, PtNDArray> joined = ImmutableMap.builder();
    for (LayerSpec layer : model.spec().layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        List<Source> together = new ArrayList<>();
        for (LinearSpec module : linear.modules()) {
          Source source = byModule.remove(module.module());
          if (source != null) {
            together.add(source);
          }
        }
        if (!together.isEmpty()) {
          join(together, owner, model.kernels(), matrices, joined);
        }
      }
    }
    if (!byModule.isEmpty()) {
      throw new IllegalArgumentException("the model has no module " + byModule.keySet());
    }
    return new Adapter(matrices.buildOrThrow(), joined.buildOrThrow(), dropout);
  }

  private static void join(
      List<Source> sources,
      PtNDManager owner,
      Kernels kernels,
      ImmutableMap.Builder<String, Matrices> matrices,
      ImmutableMap.Builder<String, PtNDArray> joined) {
    int in = sources.get(0).in();
    int ranks = sources.stream().mapToInt(Source::rank).sum();
    float[] rows = new float[ranks * in];
    int row = 0;
    for (Source source : sources) {
      System.arraycopy(source.a(), 0, rows, row * in, source.rank() * in);
      row += source.rank();
    }
    PtNDArray all = (PtNDArray) owner.create(rows, new Shape(ranks, in));
    joined.put(sources.stream().map(Source::module).collect(Collectors.joining("+")), all);
    row = 0;
    for (Source source : sources) {
      PtNDArray b =
          (PtNDArray)
              owner.create(
                  transposed(source.b(), source.out(), source.rank()),
                  new Shape(source.rank(), source.out()));
      PtNDArray a = kernels.tensor(owner, "part", all, row, source.rank());
      matrices.put(source.module(), new Matrices(a, b, source.scale()));
      row += source.rank();
    }
  }

  /** A matrix of {@code rows · columns} numbers, row by row, turned into column by column. */
  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] turned = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = matrix[i * columns + j];
      }
    }
    return turned;
  }

  /**
   * The modules it changes.
   *
   * @return their paths, in the order of the forward pass
   */
  public ImmutableSet<String> modules() {
    return matrices.keySet();
  }

  /**
   * One module's numbers as they are now.
   *
   * @param module its path, one of {@link #modules}
   * @return the numbers, read from the device
   */
  public Source source(String module) {
    Matrices pair = matricesOf(module);
    int in = (int) pair.a().getShape().get(1);
    int out = (int) pair.bTransposed().getShape().get(1);
    float[] b = pair.bTransposed().toFloatArray();
    return new Source(
        module,
        in,
        out,
        pair.rank(),
        pair.scale(),
        pair.a().toFloatArray(),
        transposed(b, pair.rank(), out));
  }

  /**
   * One module's A and B as LoRA writes them.
   *
   * @param module its path, one of {@link #modules}
   * @param model whose kernels turn B
   * @param owner of the view of B
   * @return {@code [rank, in]} and {@code [out, rank]}, which share this adapter's numbers
   */
  public ImmutableList<PtNDArray> pair(String module, Model model, PtNDManager owner) {
    Matrices pair = matricesOf(module);
    return ImmutableList.of(pair.a(), model.kernels().tensor(owner, "turned", pair.bTransposed()));
  }

  /** {@code W + s·B A}, or W itself where this changes another module. */
  PtNDArray mergeInto(PtNDArray w, LinearSpec linear, PtNDManager owner, Kernels kernels) {
    Matrices pair = matrices.get(linear.module());
    return pair == null
        ? w
        : kernels.tensor(
            owner, "merged", w, pair.a(), pair.bTransposed(), pair.scale(), linear.transposed());
  }

  private Matrices matricesOf(String module) {
    Matrices pair = matrices.get(module);
    if (pair == null) {
      throw new IllegalArgumentException("the adapter has nothing on module " + module);
    }
    return pair;
  }

  /**
   * The same numbers with another dropout.
   *
   * @param newDropout probability in [0, 1), for when it is trained
   * @return the changed adapter, which shares the tensors
   */
  public Adapter withDropout(double newDropout) {
    return new Adapter(matrices, joined, newDropout);
  }

  /** A copy with numbers of its own. */
  Adapter copy(PtNDManager owner, Kernels kernels) {
    ImmutableMap.Builder<String, Matrices> copies = ImmutableMap.builder();
    ImmutableMap.Builder<String, PtNDArray> joinedCopies = ImmutableMap.builder();
    joined.forEach(
        (name, original) -> {
          PtNDArray all = kernels.tensor(owner, "copy", original);
          joinedCopies.put(name, all);
          int row = 0;
          for (String module : name.split("\\+", -1)) {
            Matrices pair = matricesOf(module);
            copies.put(
                module,
                new Matrices(
                    kernels.tensor(owner, "part", all, row, pair.rank()),
                    kernels.tensor(owner, "copy", pair.bTransposed()),
                    pair.scale()));
            row += pair.rank();
          }
        });
    return new Adapter(copies.buildOrThrow(), joinedCopies.buildOrThrow(), dropout);
  }

  LayerAdapter form(boolean trained) {
    ImmutableMap.Builder<String, LayerAdapter.Branch> branches = ImmutableMap.builder();
    matrices.forEach(
        (module, pair) -> branches.put(module, new LayerAdapter.Branch(pair.rank(), pair.scale())));
    return new LayerAdapter(branches.buildOrThrow(), dropout, trained);
  }

  /**
   * What a network computes with.
   *
   * @param modules of a joined A, or the one of a B
   * @param which A or B, the latter transposed
   */
  PtNDArray matrix(String modules, String which) {
    if (which.equals("B")) {
      return matricesOf(modules).bTransposed();
    }
    PtNDArray a = joined.get(modules);
    if (a == null) {
      throw new IllegalStateException(modules);
    }
    return a;
  }

  /** All that is trained: joined A's, then B's. */
  ImmutableList<PtNDArray> tensors() {
    return Stream.concat(
            joined.values().stream(), matrices.values().stream().map(Matrices::bTransposed))
        .collect(ImmutableList.toImmutableList());
  }
}
