package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.HeadSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.jspecify.annotations.Nullable;

/**
 * A model with a stack of adapters, ready to run: text compiled, tensors bound. The forward pass
 * reads top to bottom in {@link #run}, the backward pass in {@link Tape#backward}.
 */
public final class Network implements AutoCloseable {

  /** Words of the vocabulary computed at a time. */
  static final int HEAD_BLOCK = 4096;

  private final Model model;
  private final DecoderSpec spec;
  private final AdapterStack stack;
  private final PtNDManager manager;
  private final Gradients gradients;
  private final Kernels kernels;
  private final ImmutableList<Layer> layers;
  private final FinalNorm finalNorm;
  private final TensorList headBias;
  private final Revision ofTop = new Revision();
  private @Nullable CachedNetwork cached;
  private boolean closed;

  /** One layer's methods and tensors. */
  record Layer(
      LayerSpec spec,
      String method,
      boolean masked,
      int keptWidth,
      TensorList w,
      TensorList l,
      TensorList g) {}

  /**
   * Binds a network.
   *
   * @param model the base
   * @param adapters on it, in the order they were stacked
   * @param training what is to be trained
   */
  public Network(Model model, ImmutableList<Adapter> adapters, Training training) {
    this.model = model;
    this.spec = model.spec();
    this.stack = new AdapterStack(adapters);
    this.manager = (PtNDManager) model.manager().newSubManager();
    this.gradients = new Gradients(model.weights(), stack, training, manager);
    ImmutableList<LayerAdapter> forms = stack.forms(gradients.ofTopAdapter());
    List<LayerScript> scripts = scripts(forms);
    LayerMethods methods = LayerMethods.of(scripts.stream().map(LayerScript::text).toList());
    this.kernels = model.compile(methods.text(), forms);
    this.layers =
        IntStream.range(0, scripts.size())
            .mapToObj(i -> bind(spec.layers().get(i), scripts.get(i), methods.names().get(i)))
            .collect(ImmutableList.toImmutableList());
    this.finalNorm = new FinalNorm(kernels, spec.finalNorm(), weights());
    this.headBias = TensorList.of(spec.head().bias().map(weights()::tensor).stream().toList());
  }

  private List<LayerScript> scripts(ImmutableList<LayerAdapter> forms) {
    List<LayerScript> scripts = new ArrayList<>();
    for (LayerSpec layer : spec.layers()) {
      boolean last = scripts.size() == spec.layers().size() - 1;
      scripts.add(new LayerScript(layer, forms, gradients::isTrained, last, model.isOnCpu()));
    }
    return scripts;
  }

  private Layer bind(LayerSpec layer, LayerScript script, String method) {
    return new Layer(
        layer,
        method,
        script.needsMasks(),
        script.keptWidth(),
        TensorList.of(script.weights().stream().map(weights()::computed).toList()),
        TensorList.of(script.branches().stream().map(stack::tensor).toList()),
        TensorList.of(script.gradients().stream().map(gradients::of).toList()));
  }

  /**
   * Trained tensors and their gradients.
   *
   * @param name of the tensor; for adapters {@code index:module:B} or {@code index:module+module:A}
   * @param value the tensor
   * @param gradient its accumulated gradient
   */
  public record Parameter(String name, PtNDArray value, PtNDArray gradient) {}

  /**
   * What is trained.
   *
   * @return in the order of the forward pass
   */
  public ImmutableList<Parameter> parameters() {
    return gradients.parameters(spec.weights().keySet());
  }

  /**
   * Scores a batch.
   *
   * @param batch the batch
   * @param statistics whether entropies and collisions are wanted
   * @return the scores; nothing else is kept
   */
  public Scores score(PackedBatch batch, boolean statistics) {
    Steady state = steady();
    try (PtNDManager owner = (PtNDManager) manager.newSubManager()) {
      Inputs inputs = Inputs.of(layers, batch, model.wholeRows(), owner);
      Scores scores = run(inputs, Kept.NOTHING, false, statistics, 0L).scores();
      state.require();
      return scores;
    }
  }

  /**
   * Scores a batch and keeps what backward needs.
   *
   * @param batch the batch
   * @param statistics whether entropies and collisions are wanted
   * @param checkpointed whether only the layers' inputs are kept, to compute the rest again
   * @param seed of dropout
   * @return the tape, to be closed
   */
  public Tape forward(PackedBatch batch, boolean statistics, boolean checkpointed, long seed) {
    PtNDManager owner = (PtNDManager) manager.newSubManager();
    try {
      Inputs inputs = Inputs.of(layers, batch, model.wholeRows(), owner);
      return run(inputs, checkpointed ? Kept.INPUTS : Kept.ALL, true, statistics, seed);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** How much of a layer outlives the forward pass. */
  enum Kept {
    NOTHING,
    INPUTS,
    ALL
  }

  /** A batch up to its rows' hidden states after the last norm, without the head. */
  Tape hidden(PackedBatch batch, boolean keep, long seed) {
    PtNDManager owner = (PtNDManager) manager.newSubManager();
    try {
      return hidden(
          Inputs.of(layers, batch, model.wholeRows(), owner), keep ? Kept.ALL : Kept.NOTHING, seed);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** The forward pass. */
  private Tape run(Inputs inputs, Kept kept, boolean gradient, boolean statistics, long seed) {
    Tape tape = hidden(inputs, kept, seed);
    tape.score(head(inputs, tape.hidden(), gradient, statistics), gradient, statistics);
    return tape;
  }

  private Tape hidden(Inputs inputs, Kept kept, long seed) {
    Tape tape = new Tape(this, inputs, kept, seed);
    PtNDArray x = embed(inputs);
    for (int i = 0; i < layers.size(); i++) {
      ImmutableList<PtNDArray> out = tape.forward(i, x, kept == Kept.ALL);
      tape.keep(x, out.subList(1, out.size()));
      x = out.get(0);
    }
    tape.finish(x, finalNorm.forward(x, inputs.owner()));
    return tape;
  }

  private PtNDArray embed(Inputs inputs) {
    double scale = spec.embedding().scale();
    int kind = model.types().layers();
    PtNDArray e = weights().tensor(spec.embedding().tokens());
    PtNDArray x = kernels.tensor(inputs.owner(), "embed", inputs.ids(), e, scale, kind);
    if (spec.embedding().positions().isPresent()) {
      PtNDArray p = weights().tensor(spec.embedding().positions().get());
      try (PtNDArray at =
          kernels.tensor(inputs.owner(), "embed", inputs.positions(), p, 1.0, kind)) {
        kernels.run("add_", x, at);
      }
    }
    return x;
  }

  private ImmutableList<PtNDArray> head(
      Inputs inputs, PtNDArray h, boolean gradient, boolean statistics) {
    HeadSpec head = spec.head();
    return kernels.tensors(
        inputs.owner(),
        "head",
        h,
        weights().tensor(head.weight()),
        headBias,
        inputs.targets(),
        head.softCap().orElse(0.0),
        HEAD_BLOCK,
        gradient,
        statistics,
        inputs.wholeTargets());
  }

  /**
   * The logits of one sequence, all positions.
   *
   * @param tokens ids
   * @return {@code [tokens][vocabulary]}
   */
  public float[][] logits(int... tokens) {
    Steady state = steady();
    try (PtNDManager owner = (PtNDManager) manager.newSubManager()) {
      Inputs inputs =
          Inputs.of(
              layers,
              PackedBatch.ofSequence(tokens, spec.vocabularySize(), spec.maxPositions()),
              WholeRows.NONE,
              owner);
      Tape tape = new Tape(this, inputs, Kept.NOTHING, 0L);
      PtNDArray x = embed(inputs);
      for (int i = 0; i < layers.size(); i++) {
        PtNDArray before = x;
        x = tape.forward(i, x, false).get(0);
        before.close();
      }
      PtNDArray z =
          kernels.tensor(
              owner,
              "logits",
              finalNorm.forward(x, owner),
              weights().tensor(spec.head().weight()),
              headBias,
              spec.head().softCap().orElse(0.0));
      float[] flat = z.toFloatArray();
      state.require();
      int width = spec.vocabularySize();
      float[][] rows = new float[tokens.length][];
      for (int t = 0; t < tokens.length; t++) {
        rows[t] = Arrays.copyOfRange(flat, t * width, (t + 1) * width);
      }
      return rows;
    }
  }

  /**
   * The same network with a cache of keys and values, to generate with.
   *
   * @return it, made when first asked for; closed with this
   * @throws IllegalStateException if this is closed
   */
  public synchronized CachedNetwork cached() {
    if (closed) {
      throw new IllegalStateException("the model or policy that was to generate is closed");
    }
    if (cached == null) {
      cached = new CachedNetwork(model, stack.forms(false), stack::tensor);
    }
    return cached;
  }

  /**
   * The state of what it computes with, as of now.
   *
   * @param base of the model's weights
   * @param top of the adapter that this trains
   */
  private record State(Revision base, long baseNow, Revision top, long topNow) implements Steady {

    @Override
    public void require() {
      base.requireStill(baseNow);
      top.requireStill(topNow);
    }
  }

  /** A state that must not change while it is computed with. */
  @FunctionalInterface
  public interface Steady {

    /**
     * Refuses what was computed with it if it changed.
     *
     * @throws IllegalStateException if another thread trained meanwhile
     */
    void require();
  }

  /**
   * Notes the state of all that this computes with.
   *
   * @return it, to be asked for once something is computed
   * @throws IllegalStateException if another thread is changing it
   */
  public Steady steady() {
    Revision base = model.revision();
    return new State(base, base.now(), ofTop, ofTop.now());
  }

  /**
   * What an update of this network's parameters changes.
   *
   * @return the model's weights, or the adapter on top
   */
  public Revision trained() {
    return gradients.ofTopAdapter() ? ofTop : model.revision();
  }

  Layer layer(int index) {
    return layers.get(index);
  }

  ImmutableList<Layer> layers() {
    return layers;
  }

  int depth() {
    return layers.size();
  }

  Kernels kernels() {
    return kernels;
  }

  Weights weights() {
    return model.weights();
  }

  DecoderSpec spec() {
    return spec;
  }

  FinalNorm finalNorm() {
    return finalNorm;
  }

  TensorList headBias() {
    return headBias;
  }

  /**
   * Whether {@link #forward} drops what {@link #score} does not.
   *
   * @return true if the adapter on top is trained, and with dropout
   */
  public boolean hasDropout() {
    return gradients.ofTopAdapter() && stack.topHasDropout();
  }

  Gradients gradients() {
    return gradients;
  }

  /**
   * Bytes that forward keeps for backward.
   *
   * @param tokens in the batch
   * @return the estimate: activations, without the head
   */
  public long keptBytes(int tokens) {
    return layers.stream().mapToLong(Layer::keptWidth).sum() * tokens * model.types().layerBytes();
  }

  /** Bytes that the layer that keeps the most keeps. */
  long widestBytes(int tokens) {
    return layers.stream().mapToLong(Layer::keptWidth).max().orElse(0) * tokens * layerBytes();
  }

  int layerBytes() {
    return model.types().layerBytes();
  }

  boolean widensWeights() {
    return model.types().weights() != model.types().layers();
  }

  /**
   * Whether it computes with a model's weights.
   *
   * @param other a model
   * @return whether it is this network's
   */
  public boolean isOf(Model other) {
    return model == other;
  }

  /**
   * Bytes of the weights it computes with, those it shares with other networks included.
   *
   * @return as they are held
   */
  public long weightBytes() {
    return model.weightBytes();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (cached != null) {
      cached.close();
    }
    for (Layer layer : layers) {
      layer.w().close();
      layer.l().close();
      layer.g().close();
    }
    headBias.close();
    manager.close();
    model.release(kernels);
  }
}
