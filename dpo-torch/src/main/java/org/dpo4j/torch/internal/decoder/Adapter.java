package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Objects;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * LoRA's numbers on a device.
 *
 * @param matrices by module path, in the order of the forward pass
 * @param dropout probability in [0, 1), for when it is trained
 */
public record Adapter(ImmutableMap<String, Matrices> matrices, double dropout) {

  /**
   * One module's.
   *
   * @param a A, {@code [rank, in]}, fp32
   * @param b B, {@code [out, rank]}, fp32
   * @param scale s
   */
  public record Matrices(PtNDArray a, PtNDArray b, double scale) {

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
   * @param owner of the tensors
   * @param sources one a module, in the order of the forward pass
   * @param dropout probability in [0, 1)
   * @return the adapter
   */
  public static Adapter of(PtNDManager owner, Iterable<Source> sources, double dropout) {
    ImmutableMap.Builder<String, Matrices> matrices = ImmutableMap.builder();
    for (Source source : sources) {
      matrices.put(
          source.module(),
          new Matrices(
              (PtNDArray) owner.create(source.a(), new Shape(source.rank(), source.in())),
              (PtNDArray) owner.create(source.b(), new Shape(source.out(), source.rank())),
              source.scale()));
    }
    return new Adapter(matrices.buildOrThrow(), dropout);
  }

  /** A copy with numbers of its own. */
  Adapter copy(PtNDManager owner, Kernels kernels) {
    ImmutableMap.Builder<String, Matrices> copies = ImmutableMap.builder();
    matrices.forEach(
        (module, original) ->
            copies.put(
                module,
                new Matrices(
                    kernels.tensor(owner, "copy", original.a()),
                    kernels.tensor(owner, "copy", original.b()),
                    original.scale())));
    return new Adapter(copies.buildOrThrow(), dropout);
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
    Matrices pair = of(module);
    return new Source(
        module,
        (int) pair.a().getShape().get(1),
        (int) pair.b().getShape().get(0),
        pair.rank(),
        pair.scale(),
        pair.a().toFloatArray(),
        pair.b().toFloatArray());
  }

  /** {@code W + s·B A}, or W itself where this changes another module. */
  PtNDArray mergeInto(PtNDArray w, LinearSpec linear, PtNDManager owner, Kernels kernels) {
    Matrices pair = matrices.get(linear.module());
    return pair == null
        ? w
        : kernels.tensor(owner, "merged", w, pair.a(), pair.b(), pair.scale(), linear.transposed());
  }

  LayerAdapter form(boolean trained) {
    ImmutableMap.Builder<String, LayerAdapter.Branch> branches = ImmutableMap.builder();
    matrices.forEach(
        (module, pair) -> branches.put(module, new LayerAdapter.Branch(pair.rank(), pair.scale())));
    return new LayerAdapter(branches.buildOrThrow(), dropout, trained);
  }

  PtNDArray matrix(String module, String which) {
    Matrices pair = of(module);
    return which.equals("A") ? pair.a() : pair.b();
  }

  private Matrices of(String module) {
    return Objects.requireNonNull(matrices.get(module), module);
  }

  /** All matrices, A before B, in the order of the forward pass. */
  ImmutableList<PtNDArray> tensors() {
    return matrices.values().stream()
        .flatMap(pair -> java.util.stream.Stream.of(pair.a(), pair.b()))
        .collect(ImmutableList.toImmutableList());
  }
}
