package org.dpo4j.torch.internal.decoder;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/**
 * A decoder's description, weights and kernels on a device: what the networks that run it share.
 * Owns all of them.
 */
public final class Model implements AutoCloseable {

  private final PtNDManager manager;
  private final DecoderSpec spec;
  private final NumberTypes types;
  private final Kernels kernels;
  private final Weights weights;
  private final Supplier<RowBlocks> blocks;
  private final WholeRows wholeRows;
  private final CompiledKernels compiled;
  private final Revision revision = new Revision();

  private Model(
      PtNDManager manager,
      DecoderSpec spec,
      NumberTypes types,
      Kernels kernels,
      Weights weights,
      Supplier<RowBlocks> blocks,
      WholeRows wholeRows,
      CompiledKernels compiled) {
    this.compiled = compiled;
    this.manager = manager;
    this.spec = spec;
    this.types = types;
    this.kernels = kernels;
    this.weights = weights;
    this.blocks = blocks;
    this.wholeRows = wholeRows;
  }

  /**
   * Loads a model.
   *
   * @param spec the decoder
   * @param entries the checkpoint's tensors by the decoder's names, of the right shapes
   * @param device where to compute
   * @param types in what types
   * @return the model
   */
  public static Model load(
      DecoderSpec spec, Map<String, TensorEntry> entries, Device device, NumberTypes types) {
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(device, "PyTorch");
    try {
      Kernels kernels = Kernels.load(manager);
      Weights weights = Weights.load(manager, kernels, spec, entries, types);
      Supplier<RowBlocks> blocks =
          Suppliers.memoize(
              () ->
                  device.isGpu()
                      ? RowBlocks.LEAST
                      : RowBlocks.find(manager, kernels, spec, weights, types));
      Map<RowBlocks.Branch, ImmutableList<Integer>> tried = new ConcurrentHashMap<>();
      Function<RowBlocks.Branch, ImmutableList<Integer>> adapterSizes =
          shape -> tried.computeIfAbsent(shape, one -> RowBlocks.of(manager, kernels, one, types));
      CompiledKernels compiled =
          new CompiledKernels(
              form ->
                  Kernels.compile(
                      manager,
                      form.methods(),
                      blocks.get(),
                      RowBlocks.common(form.branches().stream().map(adapterSizes))));
      WholeRows wholeRows =
          device.isGpu() ? WholeRows.NONE : WholeRows.of(manager, kernels, spec, weights, types);
      return new Model(manager, spec, types, kernels, weights, blocks, wholeRows, compiled);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * The decoder.
   *
   * @return its description
   */
  public DecoderSpec spec() {
    return spec;
  }

  /**
   * How it is held.
   *
   * @return the types
   */
  public NumberTypes types() {
    return types;
  }

  /**
   * Owner of what lives as long as the model.
   *
   * @return the manager
   */
  public PtNDManager manager() {
    return manager;
  }

  /**
   * The checkpoint's tensors.
   *
   * @return by name; changed by full fine-tuning
   */
  public ImmutableMap<String, PtNDArray> tensors() {
    return weights.tensors();
  }

  /**
   * Copies an adapter.
   *
   * @param adapter the original
   * @param owner of the copy
   * @return the copy
   */
  public Adapter copy(Adapter adapter, PtNDManager owner) {
    return adapter.copy(owner, kernels);
  }

  /**
   * A tensor of the checkpoint with adapters merged into it: {@code W + Σ s·B A}.
   *
   * @param name of the tensor
   * @param adapters in the order they were stacked
   * @param owner of the result
   * @return fp32, shaped as in the checkpoint
   */
  public PtNDArray merged(String name, List<Adapter> adapters, PtNDManager owner) {
    return merged(kernels.tensor(owner, "to_float", weights.tensor(name)), name, adapters, owner);
  }

  /**
   * The same of a tensor as its file has it, whatever it was rounded to when it was loaded.
   *
   * @param name of the tensor
   * @param entry where it is
   * @param adapters in the order they were stacked
   * @param owner of the result
   * @return fp32, shaped as in the checkpoint
   */
  public PtNDArray merged(
      String name, TensorEntry entry, List<Adapter> adapters, PtNDManager owner) {
    if (types.weights() == NumberTypes.FLOAT32) {
      return merged(name, adapters, owner);
    }
    WeightReader reader =
        new WeightReader(
            owner,
            kernels,
            ImmutableMap.of(name, entry),
            new NumberTypes(NumberTypes.FLOAT32, NumberTypes.FLOAT32));
    return merged(reader.read(name, entry.shape()), name, adapters, owner);
  }

  private PtNDArray merged(
      PtNDArray stored, String name, List<Adapter> adapters, PtNDManager owner) {
    PtNDArray w = stored;
    for (LinearSpec linear : spec.linears()) {
      if (linear.weight().equals(name)) {
        for (Adapter adapter : adapters) {
          w = adapter.mergeInto(w, linear, owner, kernels);
        }
      }
    }
    return w;
  }

  /**
   * What the weights take.
   *
   * @return bytes; matrices as they are held, vectors in fp32
   */
  public long weightBytes() {
    return bytes(spec.weights().keySet());
  }

  /**
   * What copies of some tensors take.
   *
   * @param names of the checkpoint's tensors
   * @return bytes, of those joined with them, too
   */
  public long copyBytes(Set<String> names) {
    return bytes(weights.copiedWith(names));
  }

  private long bytes(Set<String> names) {
    return spec.weights().entrySet().stream()
        .filter(weight -> names.contains(weight.getKey()))
        .mapToLong(weight -> types.bytes(weight.getValue()))
        .sum();
  }

  /** The same model with copies of some of its weights. Owns nothing; not to be closed. */
  Model withCopiesOf(Set<String> names, PtNDManager memory) {
    return new Model(
        manager,
        spec,
        types,
        kernels,
        weights.withCopiesOf(names, memory),
        blocks,
        wholeRows,
        compiled);
  }

  /**
   * Where it is computed.
   *
   * @return whether that is not a GPU
   */
  public boolean isOnCpu() {
    return !manager.getDevice().isGpu();
  }

  Kernels kernels() {
    return kernels;
  }

  WholeRows wholeRows() {
    return wholeRows;
  }

  Weights weights() {
    return weights;
  }

  /** The kernels with a decoder's layers after them, which have these adapters, to be released. */
  Kernels compile(String methods, ImmutableList<LayerAdapter> adapters) {
    return compiled.take(
        new CompiledKernels.Form(
            methods, isOnCpu() ? RowBlocks.branches(spec, adapters) : ImmutableSet.of()));
  }

  void release(Kernels ofNetwork) {
    compiled.release(ofNetwork);
  }

  /** Of the weights. */
  Revision revision() {
    return revision;
  }

  @Override
  public void close() {
    manager.close();
  }
}
