package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.HeadSpec;
import org.dpo4j.torch.internal.decoder.Network.Kept;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass: its scores, and the activations its backward pass reads. Used by one thread,
 * closed after use.
 */
public final class Tape implements AutoCloseable {

  /** libtorch's random numbers are the process's: a seed holds for one layer of one policy. */
  private static final Object RANDOM = new Object();

  private final Network network;
  private final Gradients gradients;
  private final Inputs inputs;
  private final Kept kept;
  private final long seed;
  private final List<PtNDArray> xs = new ArrayList<>();
  private final List<ImmutableList<PtNDArray>> activations = new ArrayList<>();
  private @Nullable PtNDArray predicting;
  private @Nullable PtNDArray hidden;
  private @Nullable PtNDArray logProbs;
  private @Nullable PtNDArray unitGradient;
  private @Nullable Scores scores;

  Tape(Network network, Inputs inputs, Kept kept, long seed) {
    this.network = network;
    this.gradients = network.gradients();
    this.inputs = inputs;
    this.kept = kept;
    this.seed = seed;
  }

  /** One layer: the new x, and what it was told to keep. */
  ImmutableList<PtNDArray> forward(int index, PtNDArray x, boolean keep) {
    boolean drop = network.hasDropout() && kept != Kept.NOTHING;
    if (!drop) {
      return call(index, x, false, keep);
    }
    synchronized (RANDOM) {
      JniUtils.setSeed(seed + index); // the same masks when a checkpointed layer runs again
      return call(index, x, true, keep);
    }
  }

  private ImmutableList<PtNDArray> call(int index, PtNDArray x, boolean drop, boolean keep) {
    Network.Layer layer = network.layer(index);
    Inputs.DevicePlan plan = inputs.plan(layer);
    return network
        .kernels()
        .tensors(
            inputs.owner(),
            "forward_" + layer.method(),
            x,
            inputs.rows(),
            inputs.whole(),
            inputs.rotary(layer),
            plan.parts(),
            plan.masks(),
            layer.w(),
            layer.l(),
            drop,
            keep);
  }

  void keep(PtNDArray x, List<PtNDArray> activation) {
    if (kept == Kept.NOTHING) {
      x.close();
      return;
    }
    xs.add(x);
    activations.add(ImmutableList.copyOf(activation));
  }

  void finish(PtNDArray last, PtNDArray h) {
    predicting = last;
    hidden = h;
  }

  /** What the head gave. */
  void score(ImmutableList<PtNDArray> head, boolean gradient, boolean statistics) {
    logProbs = head.get(0);
    unitGradient = gradient ? head.get(1) : null;
    int next = gradient ? 2 : 1;
    scores =
        new Scores(
            head.get(0).toFloatArray(),
            statistics ? head.get(next).toFloatArray() : new float[0],
            statistics ? head.get(next + 1).toFloatArray() : new float[0]);
  }

  /** {@code [rows, width]} after the last norm. */
  PtNDArray hidden() {
    return Objects.requireNonNull(hidden);
  }

  PtNDManager owner() {
    return inputs.owner();
  }

  /**
   * The scores.
   *
   * @return one a target
   */
  public Scores scores() {
    return Objects.requireNonNull(scores);
  }

  /**
   * The backward pass: adds to the gradient of every trained tensor. Releases each activation once
   * it was read.
   *
   * @param gradient {@code [targets]} of the loss with respect to the log-probabilities
   */
  public void backward(float... gradient) {
    Kernels kernels = network.kernels();
    PtNDArray g = (PtNDArray) inputs.owner().create(gradient, new Shape(gradient.length));
    PtNDArray unit = Objects.requireNonNull(unitGradient);
    PtNDArray dh = kernels.tensor(inputs.owner(), "weighed", unit, g);
    unit.close();
    backwardHead(g);
    backwardHidden(dh);
  }

  /**
   * The backward pass from the gradient with respect to {@link #hidden}, fp32, which it uses up.
   */
  void backwardHidden(PtNDArray dh) {
    PtNDArray last = Objects.requireNonNull(predicting);
    PtNDArray dx =
        network.finalNorm().backward(dh, last, inputs.owner(), gradients::isTrained, gradients::of);
    last.close();
    for (int i = network.depth() - 1; i >= 0; i--) {
      dx = backwardLayer(i, dx);
    }
    backwardEmbedding(dx);
  }

  private PtNDArray backwardLayer(int index, PtNDArray dout) {
    Network.Layer layer = network.layer(index);
    PtNDArray x = xs.remove(index);
    ImmutableList<PtNDArray> activation = activations.remove(index);
    if (kept == Kept.INPUTS) {
      ImmutableList<PtNDArray> again = forward(index, x, true);
      again.get(0).close();
      activation = again.subList(1, again.size());
    }
    Inputs.DevicePlan plan = inputs.plan(layer);
    try (TensorList list = TensorList.of(activation)) {
      return network
          .kernels()
          .tensor(
              inputs.owner(),
              "backward_" + layer.method(),
              dout,
              x,
              inputs.rows(),
              list,
              inputs.rotary(layer),
              plan.parts(),
              plan.masks(),
              layer.w(),
              layer.l(),
              layer.g());
    } finally {
      activation.forEach(PtNDArray::close);
      dout.close();
      x.close();
    }
  }

  private void backwardHead(PtNDArray g) {
    HeadSpec head = network.spec().head();
    if (!gradients.isTrained(head.weight())) {
      return;
    }
    List<PtNDArray> bias =
        head.bias().filter(gradients::isTrained).map(gradients::of).stream().toList();
    try (TensorList db = TensorList.of(bias)) {
      network
          .kernels()
          .run(
              "head_weight_",
              gradients.of(head.weight()),
              db,
              hidden(),
              network.weights().tensor(head.weight()),
              network.headBias(),
              inputs.targets(),
              Objects.requireNonNull(logProbs),
              g,
              head.softCap().orElse(0.0),
              Network.HEAD_BLOCK,
              inputs.wholeTargets());
    }
  }

  private void backwardEmbedding(PtNDArray dx) {
    DecoderSpec spec = network.spec();
    String tokens = spec.embedding().tokens();
    if (gradients.isTrained(tokens)) {
      network
          .kernels()
          .run("embed_backward_", gradients.of(tokens), dx, inputs.ids(), spec.embedding().scale());
    }
    spec.embedding()
        .positions()
        .filter(gradients::isTrained)
        .ifPresent(
            positions ->
                network
                    .kernels()
                    .run("embed_backward_", gradients.of(positions), dx, inputs.positions(), 1.0));
    dx.close();
  }

  @Override
  public void close() {
    inputs.close();
  }
}
