package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;

/**
 * A model with an adapter and a head of one number: {@code r = w · h}, where h is the hidden state
 * of a completion's last token after the last norm. Adapter and head are trained.
 */
public final class RewardNetwork implements AutoCloseable {

  private final Network network;
  private final PtNDArray head;
  private final PtNDArray headGradient;

  /**
   * Binds a network.
   *
   * @param model the base
   * @param adapter on it
   * @param head {@code [width]} w
   * @param memory owns the head
   */
  public RewardNetwork(Model model, Adapter adapter, float[] head, PtNDManager memory) {
    Shape shape = new Shape(1, head.length);
    this.network = new Network(model, ImmutableList.of(adapter), new Training.TopAdapter());
    this.head = (PtNDArray) memory.create(head, shape);
    this.headGradient = (PtNDArray) memory.zeros(shape, DataType.FLOAT32);
  }

  /**
   * Rewards of a batch.
   *
   * @param batch laid out by {@link PackedBatch#ofEnds}
   * @return one a completion; nothing else is kept
   */
  public float[] score(PackedBatch batch) {
    Network.Steady state = network.steady();
    try (Tape tape = network.hidden(batch, false, 0L)) {
      float[] rewards = rewards(tape);
      state.require();
      return rewards;
    }
  }

  /**
   * Rewards of a batch, and what backward needs.
   *
   * @param batch laid out by {@link PackedBatch#ofEnds}
   * @param seed of dropout
   * @return the tape, to be closed
   */
  public RewardTape forward(PackedBatch batch, long seed) {
    Tape tape = network.hidden(batch, true, seed);
    try {
      return new RewardTape(this, tape, rewards(tape));
    } catch (RuntimeException e) {
      tape.close();
      throw e;
    }
  }

  private float[] rewards(Tape tape) {
    return network.kernels().tensor(tape.owner(), "reward", tape.hidden(), head).toFloatArray();
  }

  /** Adds to the gradients of adapter and head. */
  void backward(Tape tape, float[] gradient) {
    PtNDArray g = (PtNDArray) tape.owner().create(gradient, new Shape(gradient.length));
    tape.backwardHidden(
        network
            .kernels()
            .tensor(tape.owner(), "reward_backward_", g, tape.hidden(), head, headGradient));
  }

  /**
   * What is trained.
   *
   * @return the adapter's in the order of the forward pass, then the head
   */
  public ImmutableList<Network.Parameter> parameters() {
    return ImmutableList.<Network.Parameter>builder()
        .addAll(network.parameters())
        .add(new Network.Parameter("head", head, headGradient))
        .build();
  }

  /**
   * What an update of the parameters changes.
   *
   * @return adapter and head
   */
  public Revision trained() {
    return network.trained();
  }

  /**
   * The head as it is now.
   *
   * @return {@code [width]} w, read from the device
   */
  public float[] head() {
    return head.toFloatArray();
  }

  @Override
  public void close() {
    network.close();
  }
}
