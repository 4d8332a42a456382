package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A policy and what it was trained against: what the implicit reward is made of. */
final class RewardOptions implements AutoCloseable, Checked {

  private static final String POLICY = "policy";
  private static final String REFERENCE = "reference";
  private static final String ADAPTER_OFF = "adapter-off";

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "The policy's adapter; without it the model itself is the policy.")
  Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--reference",
      defaultValue = ADAPTER_OFF,
      paramLabel = "WHAT",
      description = "adapter-off, adapter:DIR or model:DIR (${DEFAULT-VALUE}).")
  String reference;

  @Option(
      names = "--beta",
      defaultValue = "0.1",
      paramLabel = "BETA",
      description = "The reward is beta times the log-ratio (${DEFAULT-VALUE}).")
  double beta;

  private final String referenceOption;
  private @Nullable LanguageModel other;

  RewardOptions() {
    this.referenceOption = "--reference";
    this.reference = ADAPTER_OFF;
  }

  /** A teacher's, whose options have other names. */
  RewardOptions(Path adapter, String reference, double beta, String referenceOption) {
    this.adapter = Optional.of(adapter);
    this.reference = reference;
    this.beta = beta;
    this.referenceOption = referenceOption;
  }

  @Override
  public void check() {
    requireForm(referenceOption, reference);
  }

  /** Refuses what is no reference of a policy that isn't trained here. */
  static void requireForm(String option, String reference) {
    if (!reference.equals(ADAPTER_OFF) && !reference.matches("(?s)(adapter|model):.+")) {
      throw new IllegalArgumentException(
          option + " must be adapter-off, adapter:DIR or model:DIR, got '" + reference + "'");
    }
  }

  /** Refuses folders that hold no adapter or model. */
  void requireFolders(Path model) {
    adapter.ifPresent(folder -> ModelFolder.requireAdapter("--adapter", model, folder));
    ModelFolder.requireNamed(referenceOption, model, reference);
  }

  /** The policy on a model. Asked once, before the others. */
  TokenScorer policy(LanguageModel model) {
    adapter.ifPresent(directory -> model.loadAdapter(POLICY, directory));
    return adapter.flatMap(none -> model.adapter(POLICY)).orElse(model.base());
  }

  Generator generator(LanguageModel model) {
    return adapter.isPresent() ? model.generator(POLICY) : model.generator();
  }

  /** The reference. Asked once. */
  TokenScorer reference(LanguageModel model, ModelOptions options) {
    if (reference.startsWith("model:")) {
      other = options.load(Path.of(reference.substring("model:".length())));
      return other.base();
    }
    if (reference.startsWith("adapter:")) {
      model.loadAdapter(REFERENCE, Path.of(reference.substring("adapter:".length())));
      return model.adapter(REFERENCE).orElseThrow();
    }
    return model.base();
  }

  /** Whether it is another than the model itself. */
  boolean namesReference() {
    return !reference.equals(ADAPTER_OFF);
  }

  ImplicitRewardModel rewards(LanguageModel model, ModelOptions options) {
    return ImplicitRewardModel.of(
        policy(model), reference(model, options), model.tokenizer(), beta);
  }

  @Override
  public void close() {
    if (other != null) {
      other.close();
    }
  }
}
