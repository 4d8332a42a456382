package org.dpo4j.torch.internal.decoder;

/**
 * One forward pass of a reward network: its rewards, and the activations its backward pass reads.
 * Used by one thread, closed after use.
 */
public final class RewardTape implements AutoCloseable {

  private final RewardNetwork network;
  private final Tape tape;
  private final float[] rewards;

  RewardTape(RewardNetwork network, Tape tape, float[] rewards) {
    this.network = network;
    this.tape = tape;
    this.rewards = rewards;
  }

  /**
   * The rewards.
   *
   * @return one a completion
   */
  public float[] rewards() {
    return rewards.clone();
  }

  /**
   * The backward pass: adds to the gradient of every trained tensor.
   *
   * @param gradient {@code [completions]} of the loss with respect to the rewards
   */
  public void backward(float... gradient) {
    network.backward(tape, gradient);
  }

  @Override
  public void close() {
    tape.close();
  }
}
