package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.api.TrainingPlan;
import org.dpo4j.core.backend.BackwardOnce;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.TrainedPart;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.decoder.GradientOptimizer;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.PackedBatch;
import org.dpo4j.torch.internal.decoder.Tape;
import org.dpo4j.torch.internal.decoder.Training;
import org.jspecify.annotations.Nullable;

/**
 * A language model being trained: an adapter on a frozen base, or the base's own weights. Made by
 * {@link LanguageModel}, which owns the base and must outlive it.
 *
 * <p>It belongs to one thread at a time while it is trained; what others may do meanwhile, {@link
 * LanguageModel} says.
 */
public final class TorchPolicy implements Policy, Resumable, AutoCloseable {

  private final LanguageModel owner;
  private final Model model;
  private final ImmutableList<MountedAdapter> adapters;
  private final Training training;
  private final PtNDManager memory;
  private final Network network;
  private final TrainedState state;
  private Checkpointing checkpointing = Checkpointing.off();
  private long dropoutSeed;
  private long updates;
  private @Nullable FrozenScorer below;

  TorchPolicy(
      LanguageModel owner,
      Model model,
      ImmutableList<MountedAdapter> adapters,
      Training training,
      PtNDManager memory,
      long dropoutSeed) {
    this.owner = owner;
    this.model = model;
    this.adapters = adapters;
    this.training = training;
    this.memory = memory;
    this.dropoutSeed = dropoutSeed;
    this.network = new Network(model, LanguageModel.tensors(adapters), training);
    this.state = new TrainedState(model, training, adapters, owner.directory());
  }

  /**
   * Sets when activations are computed again rather than kept; never by default.
   *
   * @param newCheckpointing the rule, asked for each micro-batch
   * @return this policy
   */
  @CanIgnoreReturnValue
  public TorchPolicy checkpointing(Checkpointing newCheckpointing) {
    this.checkpointing = newCheckpointing;
    return this;
  }

  @Override
  public Tokenizer tokenizer() {
    return owner.tokenizer();
  }

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    return NetworkScorer.score(network, model.spec(), groups, statistics);
  }

  @Override
  public ForwardPass forward(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    PackedBatch batch = NetworkScorer.pack(model.spec(), groups);
    boolean checkpointed = isCheckpointed(batch);
    dropoutSeed += model.spec().layers().size();
    Tape tape = network.forward(batch, !statistics.isEmpty(), checkpointed, dropoutSeed);
    return new Pass(tape, NetworkScorer.scores(batch.lengths(), tape.scores(), statistics));
  }

  @Override
  public boolean hasDropout() {
    return network.hasDropout();
  }

  @Override
  public TrainedPart trainedPart() {
    return new TrainedPart(
        training instanceof Training.ModelWeights
            ? TrainedPart.Kind.WEIGHTS
            : TrainedPart.Kind.ADAPTER,
        model.spec().weights().values().stream().mapToLong(TensorShape::elements).sum());
  }

  boolean isCheckpointed(PackedBatch batch) {
    return checkpointing.applies(network.keptBytes(batch.ids().length));
  }

  /**
   * Estimates the memory that a run needs, before it starts.
   *
   * @param plan of the run, by the trainer that has this policy
   * @return its parts, and what is available now
   */
  public MemoryEstimate memory(TrainingPlan plan) {
    return MemoryEstimate.of(this, network, model, training, owner.adapters().and(adapters), plan);
  }

  @Override
  public Optimizer optimizer(OptimizerSpec spec) {
    return new GradientOptimizer(
        network.parameters(), network.trained(), model, spec, () -> updates++);
  }

  @Override
  public MovableCopy frozenCopy() {
    return new FrozenNetwork(owner, adapters, training);
  }

  @Override
  public synchronized Optional<TokenScorer> adapterOff() {
    if (!(training instanceof Training.TopAdapter)) {
      return Optional.empty();
    }
    if (below == null) {
      below = owner.scorer(adapters.subList(0, adapters.size() - 1), Uses.ofOwned());
    }
    return Optional.of(below);
  }

  @Override
  public Optional<TokenScorer> adapter(String name) {
    return owner.adapter(name);
  }

  /**
   * Names the weights as they are now.
   *
   * @return SHA-256 over the checkpoint and what is trained on it; takes about a second a gigabyte
   *     of weights the first time
   */
  @Override
  public Optional<String> fingerprint() {
    return Optional.of(
        training instanceof Training.ModelWeights weights
            ? owner.fingerprint().with(model, weights.names())
            : owner.fingerprint().with(LanguageModel.tensors(adapters)));
  }

  @Override
  public ImmutableMap<String, String> description() {
    ImmutableMap.Builder<String, String> description = ImmutableMap.builder();
    description.put("base", owner.directory().toString());
    description.put("architecture", model.spec().modelType());
    if (training instanceof Training.ModelWeights weights) {
      description.put("weights", weights.names().size() + " tensors");
      description.put("trained parameters", String.valueOf(trained(weights.names())));
    } else {
      MountedAdapter top = adapters.get(adapters.size() - 1);
      description.put("adapter", top.form().description());
      description.put("trained parameters", String.valueOf(top.form().parameters()));
    }
    description.put("libtorch", LibTorch.start().version());
    return description.buildOrThrow();
  }

  private long trained(Set<String> names) {
    return model.spec().weights().entrySet().stream()
        .filter(weight -> names.contains(weight.getKey()))
        .mapToLong(weight -> weight.getValue().elements())
        .sum();
  }

  /**
   * Keeps a frozen copy of the adapter as it is now, so that {@link #adapter} finds it: an SFT
   * adapter, say, before DPO goes on from it.
   *
   * @param name a new one
   * @return this policy
   * @throws IllegalStateException if the policy has no adapter of its own, or one that stands on
   *     another, without which it means nothing
   */
  @CanIgnoreReturnValue
  public TorchPolicy keepAdapter(String name) {
    MountedAdapter top = onlyAdapter("kept");
    owner.adapters().keep(name, memory -> top.copy(model, memory));
    return this;
  }

  /**
   * Writes the trained adapter as PEFT does, for PEFT, vLLM, llama.cpp and {@link
   * LanguageModel#loadAdapter}.
   *
   * @param directory made if it isn't there; an adapter in it is replaced
   * @throws IllegalStateException if the policy has no adapter of its own, or one that stands on
   *     another, which PEFT cannot express; use {@link #saveMerged}
   * @throws java.io.UncheckedIOException if it cannot be written; what was there before stays
   */
  public void saveAdapter(Path directory) {
    onlyAdapter("saved")
        .read(Optional.of(owner.directory().toString()))
        .write(directory, model.spec());
  }

  /**
   * Writes a full checkpoint that transformers loads: the base with all of this policy's adapters
   * merged into it, or the trained weights; with the base's configuration, tokenizer, chat
   * templates and licence, in files of at most 5 GB.
   *
   * <p>Each tensor keeps the type it has in the base's file: the sum with an adapter is computed in
   * fp32 from the file's numbers, whatever the model is held in, and rounded once, to nearest even.
   * Where the weights themselves are trained, all are written in fp32, which they are trained in.
   *
   * @param directory made if it isn't there; not the base's own
   * @return which of the base's other files were copied, and which were not
   * @throws IllegalArgumentException if it is the base's own, or a number is beyond the largest of
   *     its type; the message names the tensor
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  @CanIgnoreReturnValue
  public SavedCheckpoint saveMerged(Path directory) {
    return saveMerged(directory, MergedCheckpoint.MAX_SHARD_BYTES);
  }

  /**
   * The same in files of another size.
   *
   * @param directory made if it isn't there; not the base's own
   * @param maxShardBytes the most bytes of weights a file has, unless a tensor alone has more; ≥ 1
   * @return as for {@link #saveMerged(Path)}
   * @throws IllegalArgumentException as for {@link #saveMerged(Path)}
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  @CanIgnoreReturnValue
  public SavedCheckpoint saveMerged(Path directory, long maxShardBytes) {
    return owner.merged(adapters).write(directory, Optional.empty(), maxShardBytes);
  }

  /**
   * The same with all tensors in one type, which the configuration then states.
   *
   * @param directory made if it isn't there; not the base's own
   * @param dtype of all tensors
   * @return as for {@link #saveMerged(Path)}
   * @throws IllegalArgumentException as for {@link #saveMerged(Path)}
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  @CanIgnoreReturnValue
  public SavedCheckpoint saveMerged(Path directory, Dtype dtype) {
    return owner
        .merged(adapters)
        .write(directory, Optional.of(dtype), MergedCheckpoint.MAX_SHARD_BYTES);
  }

  /**
   * Writes what is trained, bit by bit, and {@code torch.json}: where dropout's chance stands, and
   * with how many threads libtorch computes. A directory of an adapter's pieces is one that PEFT
   * and {@link LanguageModel#loadAdapter} load.
   *
   * <table>
   * <caption>The other pieces</caption>
   * <tr><td>an adapter on the base</td><td>{@code adapter_config.json}, {@code
   *     adapter_model.safetensors}, as {@link #saveAdapter} writes them</td></tr>
   * <tr><td>one on another adapter</td><td>{@code stacked_adapter_config.json}, {@code
   *     stacked_adapter_model.safetensors}: of this adapter alone, which PEFT cannot load by
   *     itself</td></tr>
   * <tr><td>the base's weights</td><td>{@code weights.safetensors}: those that are trained</td></tr>
   * </table>
   *
   * @param sink takes the state
   * @throws IOException if it can't be written
   */
  @Override
  public void save(StateSink sink) throws IOException {
    state.save(sink);
    Circumstances.now(dropoutSeed).save(sink);
  }

  /**
   * Takes up a state, of a policy made in the same way on the same model. Where libtorch computes
   * with another number of threads than then, that is logged: the last bits will differ.
   *
   * @param source has what {@link #save} wrote
   * @throws IllegalArgumentException if it is of another adapter or other tensors; the message says
   *     in what it differs, and nothing was changed
   * @throws IOException if it can't be read
   */
  @Override
  public void restore(StateSource source) throws IOException {
    Circumstances then = Circumstances.read(source);
    state.check(source);
    network.trained().<IOException>change(() -> state.restore(source));
    dropoutSeed = then.dropoutSeed();
    updates++;
    then.compareWithNow();
  }

  /** The adapter, if it is all there is on the base. */
  private MountedAdapter onlyAdapter(String done) {
    if (adapters.size() != 1) {
      throw new IllegalStateException(
          adapters.isEmpty()
              ? "this policy trains the checkpoint's own weights and has no adapter to be " + done
              : "this policy's adapter stands on another one and cannot be " + done + " alone");
    }
    return adapters.get(0);
  }

  /**
   * Text from this policy as it is at the time: its adapter, or the trained weights.
   *
   * @return a generator, of use until this is closed
   */
  public Generator generator() {
    return owner.generator(network, Uses.ofOwned());
  }

  Network network() {
    return network;
  }

  /** Whether an adapter is under the one it trains. */
  boolean standsOn(MountedAdapter adapter) {
    Set<MountedAdapter> below = Sets.newIdentityHashSet();
    below.addAll(adapters.subList(0, Math.max(0, adapters.size() - 1)));
    return below.contains(adapter);
  }

  boolean trainsWeights() {
    return training instanceof Training.ModelWeights;
  }

  @Override
  public void close() {
    if (below != null) {
      below.network().close();
    }
    network.close();
    memory.close();
    owner.dependents().forget(this);
  }

  private final class Pass implements ForwardPass {

    private final Tape tape;
    private final TokenScores scores;
    private final BackwardOnce once = BackwardOnce.of(() -> updates);

    Pass(Tape tape, TokenScores scores) {
      this.tape = tape;
      this.scores = scores;
    }

    @Override
    public TokenScores scores() {
      return scores;
    }

    @Override
    public void backward(TokenValues gradient) {
      Check.that(
          gradient.sameShape(scores.logProbs()),
          "gradient must be shaped like the scores, got %s",
          gradient);
      once.begin();
      float[] flat = new float[gradient.tokens()];
      int next = 0;
      for (int row = 0; row < gradient.rows(); row++) {
        for (int token = 0; token < gradient.length(row); token++) {
          flat[next++] = (float) gradient.get(row, token);
        }
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
