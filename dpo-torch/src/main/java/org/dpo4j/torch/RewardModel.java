package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.core.backend.BackwardOnce;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardPass;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.TrainableRewardScorer;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.decoder.GradientOptimizer;
import org.dpo4j.torch.internal.decoder.PackedBatch;
import org.dpo4j.torch.internal.decoder.RewardNetwork;
import org.dpo4j.torch.internal.decoder.RewardTape;
import org.dpo4j.torch.internal.peft.Matrix;
import org.dpo4j.torch.internal.peft.PeftRewardModel;

/**
 * A scalar reward model on a frozen base: an adapter of its own, and a head that makes one number
 * of the hidden state of a completion's last token. Made by {@link LanguageModel}, which owns the
 * base and must outlive it.
 *
 * <pre>{@code
 * RewardModel rewards = model.trainRewardModel(Lora.rank(16));
 * RewardModelTrainer.builder().model(rewards).build().train(pairs);
 * rewards.save(Path.of("reward-model"));
 * BestOfN.rank(candidates, rewards).best();
 * }</pre>
 *
 * <p>Scoring takes one forward pass a completion, without the head over the vocabulary; completions
 * of a prompt share its computation. Safe from several threads, but for one that is being trained:
 * that belongs to one thread ({@link LanguageModel} says more).
 */
public final class RewardModel implements TrainableRewardScorer, Reward, AutoCloseable {

  private final LanguageModel owner;
  private final MountedAdapter adapter;
  private final PtNDManager memory;
  private final RewardNetwork network;
  private long dropoutSeed;
  private long updates;

  private RewardModel(
      LanguageModel owner, PeftRewardModel start, PtNDManager memory, long dropoutSeed) {
    this.owner = owner;
    this.memory = memory;
    this.dropoutSeed = dropoutSeed;
    this.adapter = MountedAdapter.of(owner.model(), start.adapter(), memory);
    FloatBuffer head = start.head().values();
    float[] numbers = new float[head.remaining()];
    head.get(numbers);
    this.network = new RewardNetwork(owner.model(), adapter.tensors(), numbers, memory);
  }

  /** A new one: adapter and head change nothing yet, all rewards are 0. */
  static RewardModel fresh(LanguageModel owner, Lora lora) {
    DecoderSpec spec = owner.model().spec();
    return of(
        owner,
        new PeftRewardModel(
            lora.initialise(spec), Matrix.copyOf(1, spec.width(), new float[spec.width()])),
        lora.seed());
  }

  static RewardModel read(LanguageModel owner, Path directory) {
    PeftRewardModel saved = PeftRewardModel.read(directory, owner.model().spec());
    return of(owner, new PeftRewardModel(saved.adapter().withDropout(0), saved.head()), 0L);
  }

  private static RewardModel of(LanguageModel owner, PeftRewardModel start, long dropoutSeed) {
    PtNDManager memory = owner.subManager();
    try {
      return new RewardModel(owner, start, memory, dropoutSeed);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public Tokenizer tokenizer() {
    return owner.tokenizer();
  }

  @Override
  public ImmutableDoubleArray rewards(List<PromptGroup> groups) {
    ImmutableDoubleArray.Builder rewards = ImmutableDoubleArray.builder();
    for (ImmutableList<PromptGroup> pack : NetworkScorer.packs(groups)) {
      for (float reward : network.score(packed(pack))) {
        rewards.add(reward);
      }
    }
    return rewards.build();
  }

  @Override
  public ImmutableDoubleArray of(Candidates candidates) {
    return rewards(ImmutableList.of(candidates.tokens(tokenizer())));
  }

  @Override
  public RewardPass forward(List<PromptGroup> groups) {
    dropoutSeed += owner.model().spec().layers().size();
    return new Pass(network.forward(packed(groups), dropoutSeed));
  }

  private PackedBatch packed(List<PromptGroup> groups) {
    DecoderSpec spec = owner.model().spec();
    return PackedBatch.ofEnds(groups, spec.vocabularySize(), spec.maxPositions());
  }

  @Override
  public Optimizer optimizer(OptimizerSpec spec) {
    return new GradientOptimizer(
        network.parameters(), network.trained(), owner.model(), spec, () -> updates++);
  }

  /**
   * Writes adapter and head as PEFT does of a model for sequence classification with one label, for
   * PEFT and {@link LanguageModel#loadRewardModel}.
   *
   * @param directory made if it isn't there; an adapter in it is replaced
   * @throws java.io.UncheckedIOException if it cannot be written; what was there before stays
   */
  public void save(Path directory) {
    float[] head = network.head();
    new PeftRewardModel(
            adapter.read(Optional.of(owner.directory().toString())),
            Matrix.copyOf(1, head.length, head))
        .write(directory, owner.model().spec());
  }

  RewardNetwork network() {
    return network;
  }

  @Override
  public void close() {
    network.close();
    memory.close();
    owner.dependents().forget(this);
  }

  private final class Pass implements RewardPass {

    private final RewardTape tape;
    private final ImmutableDoubleArray rewards;
    private final BackwardOnce once = BackwardOnce.of(() -> updates);

    Pass(RewardTape tape) {
      this.tape = tape;
      ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder();
      for (float reward : tape.rewards()) {
        values.add(reward);
      }
      this.rewards = values.build();
    }

    @Override
    public ImmutableDoubleArray rewards() {
      return rewards;
    }

    @Override
    public void backward(ImmutableDoubleArray gradient) {
      Check.that(
          gradient.length() == rewards.length(),
          "gradient must have one number a reward, %d, got %d",
          rewards.length(),
          gradient.length());
      once.begin();
      float[] flat = new float[gradient.length()];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) gradient.get(i);
      }
      tape.backward(flat);
    }

    @Override
    public void close() {
      once.close();
      tape.close();
    }
  }
}
