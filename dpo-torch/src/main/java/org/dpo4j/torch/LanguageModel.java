package org.dpo4j.torch;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.Architecture;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.Training;
import org.dpo4j.torch.internal.peft.PeftAdapter;
import org.dpo4j.torch.internal.tokenizer.ModelTokenizer;

/**
 * A Hugging Face checkpoint in memory: one copy of the weights, any number of adapters on it, and
 * the policies that train them.
 *
 * <pre>{@code
 * try (LanguageModel model = LanguageModel.load(Path.of("smollm2-135m-instruct"))) {
 *   TorchPolicy policy = model.train(Lora.rank(16));
 *   DpoTrainer.builder().policy(policy).reference(Reference.adapterOff()).build().train(pairs);
 *   policy.saveAdapter(Path.of("adapter"));
 * }
 * }</pre>
 *
 * <p>{@link #generator()} gives its text, {@link TorchPolicy#generator()} a policy's.
 *
 * <p>What the reference costs: nothing for {@code adapterOff()}, and its own matrices for {@code
 * adapter(name)}, {@code frozenCopy()} and {@code moving(…)} of a policy that trains an adapter.
 *
 * <p id="threads"><b>Threads.</b> All of these may go on at the same time on one model, each with
 * the bits it has alone: generating and scoring with the checkpoint and with named adapters, from
 * any number of threads; loading, replacing and unloading adapters; and training, where each policy
 * or reward model has an adapter of its own and one thread at a time. A training changes only its
 * own adapter. Whoever generates or scores with the policy in training (its generator and copies
 * included) does so in the training thread, between steps; in another thread that is refused with
 * an {@link IllegalStateException} if an update came in between, and gives a state between two
 * updates if none did. {@link #trainWeights} changes what all views of this stand on: while it
 * trains, this holds for all of them, too. Close a model or policy when no call of it is under way.
 *
 * <p>Nothing is downloaded, and no code of the checkpoint is run.
 */
public final class LanguageModel implements AutoCloseable {

  private final Path directory;
  private final ModelConfig config;
  private final Tokenization tokenization;
  private final ModelTokenizer tokenizer;
  private final CheckpointEntries checkpoint;
  private final Model model;
  private final WeightsFingerprint fingerprint;
  private final NamedAdapters adapters;
  private final Dependents dependents = new Dependents();
  private final FrozenScorer base;

  private LanguageModel(
      Path directory,
      ModelConfig config,
      Tokenization tokenization,
      ModelTokenizer tokenizer,
      CheckpointEntries checkpoint,
      Model model,
      WeightsFingerprint fingerprint) {
    this.directory = directory;
    this.config = config;
    this.tokenization = tokenization;
    this.tokenizer = tokenizer;
    this.checkpoint = checkpoint;
    this.model = model;
    this.fingerprint = fingerprint;
    this.adapters = new NamedAdapters(this::subManager, this::scorer, dependents::standOn);
    this.base = scorer(ImmutableList.of(), Uses.ofOwned());
  }

  /**
   * Loads a checkpoint in fp32 onto the first GPU, or the CPU where there is none.
   *
   * <p>Where the configuration ties the head to the embedding and the weights have a head of their
   * own that is not equal to it, the head of the weights is used, and a warning is logged.
   *
   * @param directory with {@code config.json}, {@code model.safetensors} or shards with their
   *     index, {@code tokenizer.json}, and what else belongs to it
   * @return the model, to be closed by the caller
   * @throws IllegalArgumentException if a file is malformed or asks for what is not supported, or
   *     if the weights are not those the configuration describes; the message names file, rule and
   *     value
   * @throws java.io.UncheckedIOException if a file cannot be read
   * @throws IllegalStateException if there is no libtorch for this platform
   */
  public static LanguageModel load(Path directory) {
    return load(directory, Placement.automatic());
  }

  /**
   * Loads a checkpoint.
   *
   * @param directory as for {@link #load(Path)}
   * @param placement device and precision
   * @return the model, to be closed by the caller
   * @throws IllegalArgumentException as for {@link #load(Path)}, or if the device is not there
   * @throws java.io.UncheckedIOException if a file cannot be read
   * @throws IllegalStateException if there is no libtorch for this platform
   */
  public static LanguageModel load(Path directory, Placement placement) {
    return load(directory, placement, Tokenization.standard());
  }

  /**
   * Loads a checkpoint.
   *
   * @param directory as for {@link #load(Path)}
   * @param placement device and precision
   * @param tokenization how texts become ids
   * @return the model, to be closed by the caller
   * @throws IllegalArgumentException as for {@link #load(Path)}, or if the device is not there
   * @throws java.io.UncheckedIOException if a file cannot be read
   * @throws IllegalStateException if there is no libtorch for this platform
   */
  public static LanguageModel load(Path directory, Placement placement, Tokenization tokenization) {
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
    Architecture architecture = Architectures.of(config);
    CheckpointEntries entries =
        CheckpointEntries.read(directory, architecture, architecture.describe(config));
    ModelTokenizer tokenizer = tokenization.load(directory);
    try {
      tokenizer.checkFits(entries.decoder().vocabularySize());
      Device device = placement.resolve(LibTorch.start());
      return new LanguageModel(
          directory,
          config,
          tokenization,
          tokenizer,
          entries,
          Model.load(entries.decoder(), entries.tensors(), device, placement.precision().types()),
          new WeightsFingerprint(entries.tensors(), placement, device.getDeviceType()));
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Refuses an adapter that is not for a model, by their configurations and the headers of their
   * files: to be asked before the weights are read, which may take minutes.
   *
   * @param model a checkpoint's directory
   * @param adapter directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @throws IllegalArgumentException if the adapter is malformed, not for this model or uses what
   *     is not supported, or the model is refused; the message names the file
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static void requireAdapterFits(Path model, Path adapter) {
    ModelConfig config = ModelConfig.read(model.resolve("config.json"));
    Architecture architecture = Architectures.of(config);
    PeftAdapter.check(
        adapter,
        CheckpointEntries.read(model, architecture, architecture.describe(config)).decoder());
  }

  /**
   * Text to the ids this model was made for.
   *
   * @return the tokenizer, with the checkpoint's chat template
   */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * How this model's texts become ids, as far as that was a choice.
   *
   * @return what it was loaded with
   */
  public Tokenization tokenization() {
    return tokenization;
  }

  /**
   * The checkpoint without any adapter.
   *
   * @return a view that owns nothing, so that closing it has no effect
   */
  public TokenScorer base() {
    return base;
  }

  /**
   * Loads an adapter in PEFT's layout and keeps it, frozen, under a name: an SFT adapter to be the
   * reference ({@code Reference.adapter(name)}), to start from ({@link #trainCopyOf}) or to stack
   * another one on ({@link #trainOnTopOf}).
   *
   * @param name not used yet
   * @param adapter directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @return this model
   * @throws IllegalArgumentException if the name is taken, or the adapter is malformed, not for
   *     this model or uses what is not supported; the message names the file and the option
   */
  @CanIgnoreReturnValue
  public LanguageModel loadAdapter(String name, Path adapter) {
    adapters.keep(name, memory -> mounted(adapter, memory));
    return this;
  }

  private MountedAdapter mounted(Path adapter, PtNDManager memory) {
    return MountedAdapter.of(model, PeftAdapter.read(adapter, model.spec()), memory);
  }

  /**
   * Puts an adapter in the place of another, while others generate and score. From when it is
   * loaded, {@link #generator(String)} and {@link #adapter} give the new one. What they gave before
   * is of the old one: calls under way end as they began, this waits for them, and then its memory
   * is freed; later calls are refused with an {@link IllegalStateException}.
   *
   * @param name under which the old one was loaded or kept
   * @param adapter as for {@link #loadAdapter}
   * @return this model
   * @throws IllegalArgumentException if there is none of that name, or as for {@link #loadAdapter};
   *     the old one stays
   * @throws IllegalStateException if a policy stands on the old one ({@link #trainOnTopOf}), or if
   *     this is called by what uses it, such as a listener of its generator; the old one stays
   */
  @CanIgnoreReturnValue
  public LanguageModel replaceAdapter(String name, Path adapter) {
    adapters.replace(name, memory -> mounted(adapter, memory));
    return this;
  }

  /**
   * Frees an adapter's memory and its name. Calls under way that use it end as they began, and this
   * waits for them; later calls of what {@link #generator(String)} and {@link #adapter} gave are
   * refused with an {@link IllegalStateException}. Policies that were made of a copy of it go on.
   *
   * @param name under which it was loaded or kept
   * @return this model
   * @throws IllegalArgumentException if there is none of that name
   * @throws IllegalStateException as for {@link #replaceAdapter}
   */
  @CanIgnoreReturnValue
  public LanguageModel unloadAdapter(String name) {
    adapters.unload(name);
    return this;
  }

  /**
   * A frozen adapter on the checkpoint.
   *
   * @param name under which it was loaded or kept
   * @return a view that owns nothing, of use until the adapter is unloaded or replaced; empty if
   *     there is none of that name
   */
  public Optional<TokenScorer> adapter(String name) {
    return adapters.scorerIfThere(name);
  }

  /**
   * A policy that trains a new adapter on the checkpoint, from where it changes nothing.
   *
   * @param lora its settings
   * @return the policy, closed with the model if not before
   */
  public TorchPolicy train(Lora lora) {
    return trainTop(
        ImmutableList.of(),
        memory -> MountedAdapter.of(model, lora.initialise(model.spec()), memory),
        lora.seed());
  }

  /**
   * A policy that trains a copy of an adapter, from where the adapter is. Give it {@code
   * Reference.adapter(name)}: what it starts from is the adapter, not the checkpoint.
   *
   * <p>It trains without dropout: what the adapter's file says of it is how the adapter was trained
   * before, and with it the first loss would not be that of a policy equal to its reference.
   *
   * @param name of the adapter, which stays as it is
   * @return the policy, closed with the model if not before
   * @throws IllegalArgumentException if there is none of that name
   */
  public TorchPolicy trainCopyOf(String name) {
    return trainCopyOf(name, 0, 0L);
  }

  /**
   * The same with dropout.
   *
   * @param name of the adapter, which stays as it is
   * @param dropout probability with which training, and nothing else, zeroes an element of what A
   *     reads; in [0, 1)
   * @param seed of what is dropped
   * @return the policy, closed with the model if not before
   * @throws IllegalArgumentException if there is none of that name, or the probability is out of
   *     range
   */
  public TorchPolicy trainCopyOf(String name, double dropout, long seed) {
    Lora.checkDropout(dropout);
    return adapters.with(
        name,
        original ->
            trainTop(
                ImmutableList.of(),
                memory -> original.copy(model, memory).withDropout(dropout),
                seed));
  }

  /**
   * A policy that trains a new adapter on top of a frozen one. Its {@code Reference.adapterOff()}
   * is the checkpoint with the frozen adapter.
   *
   * @param name of the frozen adapter
   * @param lora settings of the new one
   * @return the policy, closed with the model if not before
   * @throws IllegalArgumentException if there is none of that name
   */
  public TorchPolicy trainOnTopOf(String name, Lora lora) {
    return adapters.with(
        name,
        below ->
            trainTop(
                ImmutableList.of(below),
                memory -> MountedAdapter.of(model, lora.initialise(model.spec()), memory),
                lora.seed()));
  }

  /**
   * A policy that trains all of the checkpoint's weights, in place: the model's other views change
   * with it.
   *
   * @return the policy, closed with the model if not before
   * @throws IllegalStateException as for {@link #trainWeights(Predicate)}
   */
  public TorchPolicy trainWeights() {
    return trainWeights(name -> true);
  }

  /**
   * A policy that trains some of the checkpoint's weights, in place: the model's other views change
   * with it.
   *
   * @param chosen by tensor name, for instance {@code name -> name.contains(".mlp.")}; a tied head
   *     goes by the name of the embedding
   * @return the policy, closed with the model if not before
   * @throws IllegalArgumentException if no tensor is chosen
   * @throws IllegalStateException if the weights are not held in fp32, whose updates bf16 would
   *     round away, or if the model has another policy, whose base would change under it
   */
  public TorchPolicy trainWeights(Predicate<String> chosen) {
    if (model.types().weights() != Precision.FLOAT32.types().weights()) {
      throw new IllegalStateException(
          "weights held in bf16 cannot be trained: updates are smaller than its rounding; load the"
              + " model with Precision.FLOAT32, or train an adapter");
    }
    ImmutableSet<String> names =
        model.spec().weights().keySet().stream()
            .filter(chosen)
            .collect(ImmutableSet.toImmutableSet());
    Check.that(
        !names.isEmpty(),
        "chosen must accept a tensor of the model, such as %s",
        model.spec().weights().keySet().iterator().next());
    return dependents.weightsPolicy(
        adapters,
        () ->
            new TorchPolicy(
                this,
                model,
                ImmutableList.of(),
                new Training.ModelWeights(names),
                subManager(),
                0L));
  }

  /**
   * A new reward model on the checkpoint, to be trained; until then all its rewards are 0.
   *
   * @param lora settings of its adapter
   * @return the reward model, closed with this if not before
   * @throws IllegalStateException if a policy trains the weights under it
   */
  public RewardModel trainRewardModel(Lora lora) {
    return dependents.rewardModel(() -> RewardModel.fresh(this, lora));
  }

  /**
   * Loads a reward model that was saved, or one that PEFT saved of a model for sequence
   * classification with one label. Trained further, it has no dropout.
   *
   * @param directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @return the reward model, closed with this if not before
   * @throws IllegalArgumentException if the files are malformed, not for this model, have no head
   *     or use what is not supported; the message names the file and the option or tensor
   * @throws IllegalStateException if a policy trains the weights under it
   */
  public RewardModel loadRewardModel(Path directory) {
    return dependents.rewardModel(() -> RewardModel.read(this, directory));
  }

  private TorchPolicy trainTop(
      ImmutableList<MountedAdapter> below,
      Function<PtNDManager, MountedAdapter> source,
      long dropoutSeed) {
    return dependents.policy(
        () -> {
          PtNDManager memory = subManager();
          try {
            ImmutableList<MountedAdapter> stack =
                ImmutableList.<MountedAdapter>builder()
                    .addAll(below)
                    .add(source.apply(memory))
                    .build();
            return new TorchPolicy(
                this, model, stack, new Training.TopAdapter(), memory, dropoutSeed);
          } catch (RuntimeException e) {
            memory.close();
            throw e;
          }
        });
  }

  /** A view of the base with a stack of adapters that nothing trains. */
  FrozenScorer scorer(ImmutableList<MountedAdapter> stack, Uses uses) {
    ImmutableList<Adapter> tensors = tensors(stack);
    return new FrozenScorer(
        new Network(model, tensors, new Training.Nothing()),
        model.spec(),
        tokenizer,
        () -> fingerprint.with(tensors),
        uses);
  }

  static ImmutableList<Adapter> tensors(ImmutableList<MountedAdapter> stack) {
    return stack.stream().map(MountedAdapter::tensors).collect(ImmutableList.toImmutableList());
  }

  /**
   * The logits of every next token.
   *
   * @param tokens ids, at least one
   * @return {@code [tokens][vocabulary]}, of the checkpoint without an adapter
   * @throws IllegalArgumentException if an id is not in the vocabulary, or there are none or too
   *     many
   */
  public float[][] logits(int... tokens) {
    return base.network().logits(tokens);
  }

  /**
   * Text from the checkpoint without any adapter.
   *
   * @return a generator, of use until this is closed
   */
  public Generator generator() {
    return generator(base.network(), base.uses());
  }

  /**
   * Text from the checkpoint with a frozen adapter.
   *
   * @param name under which it was loaded or kept
   * @return a generator, of use until this is closed or the adapter unloaded or replaced
   * @throws IllegalArgumentException if there is none of that name
   */
  public Generator generator(String name) {
    FrozenScorer scorer = adapters.scorer(name);
    return generator(scorer.network(), scorer.uses());
  }

  Generator generator(Network network, Uses uses) {
    return Generator.of(network, uses, tokenizer, config);
  }

  PtNDManager subManager() {
    return (PtNDManager) model.manager().newSubManager();
  }

  Model model() {
    return model;
  }

  NamedAdapters adapters() {
    return adapters;
  }

  Dependents dependents() {
    return dependents;
  }

  /** The checkpoint with some adapters, to be written. */
  MergedCheckpoint merged(ImmutableList<MountedAdapter> stack) {
    return new MergedCheckpoint(
        model, tensors(stack), directory, checkpoint, dependents.weightsTrained());
  }

  Path directory() {
    return directory;
  }

  WeightsFingerprint fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    dependents.close();
    adapters.close();
    base.network().close();
    model.close();
    tokenizer.close();
  }
}
