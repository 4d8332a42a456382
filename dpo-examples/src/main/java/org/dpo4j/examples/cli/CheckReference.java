package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.monitor.ReferenceCheck;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a reference is still of use for a policy that has moved. */
@Command(
    name = "check-reference",
    sortOptions = false,
    description = {
      "How far a policy has moved from its reference, and whether the log-ratio is still a signal or the reference",
      "should be renewed: KL both ways from samples, saturated pairs, effective gradient weight."
    })
final class CheckReference implements Callable<Integer>, Checked {

  private static final String POLICY = "policy";
  private static final String REFERENCE = "reference";

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "The policy's adapter; without it the model itself is the policy.")
  private Optional<Path> adapter;

  @Option(
      names = "--reference",
      defaultValue = "adapter-off",
      paramLabel = "WHAT",
      description = "adapter-off, adapter:DIR or model:DIR (${DEFAULT-VALUE}).")
  private String reference;

  @Mixin private DataOptions data;

  @Option(
      names = "--beta",
      defaultValue = "0.1",
      paramLabel = "BETA",
      description = "The β that is trained with (${DEFAULT-VALUE}).")
  private double beta;

  @Option(
      names = "--pairs",
      defaultValue = "500",
      paramLabel = "N",
      description = "How many pairs are scored, from the first (${DEFAULT-VALUE}).")
  private int most;

  @Mixin private KlOptions kl;

  private @Spec CommandSpec spec;

  /** A model to score and to write with. */
  private record Side(TokenScorer scorer, Generator generator) {}

  @Override
  public void check() {
    RewardOptions.requireForm("--reference", reference);
  }

  @Override
  public void requireInputs() {
    adapter.ifPresent(folder -> ModelFolder.requireAdapter("--adapter", model.model, folder));
    ModelFolder.requireNamed("--reference", model.model, reference);
  }

  @Override
  public Integer call() {
    try (FileData<PreferenceDataset> read = data.files().pairs();
        LanguageModel loaded = model.load(texts.tokenization(data))) {
      if (reference.startsWith("model:")) {
        try (LanguageModel other = model.load(Path.of(reference.substring("model:".length())))) {
          return check(read.dataset(), loaded, new Side(other.base(), other.generator()));
        }
      }
      return check(read.dataset(), loaded, ownReference(loaded));
    }
  }

  private Side ownReference(LanguageModel loaded) {
    if (reference.startsWith("adapter:")) {
      loaded.loadAdapter(REFERENCE, Path.of(reference.substring("adapter:".length())));
      return new Side(loaded.adapter(REFERENCE).orElseThrow(), loaded.generator(REFERENCE));
    }
    return new Side(loaded.base(), loaded.generator());
  }

  private int check(PreferenceDataset pairs, LanguageModel loaded, Side held) {
    adapter.ifPresent(directory -> loaded.loadAdapter(POLICY, directory));
    Side policy =
        adapter.isPresent()
            ? new Side(loaded.adapter(POLICY).orElseThrow(), loaded.generator(POLICY))
            : new Side(loaded.base(), loaded.generator());
    List<Example> some =
        IntStream.range(0, Math.min(most, pairs.size()))
            .mapToObj(index -> Example.of(pairs.get(index)))
            .toList();
    List<Text> prompts =
        kl.some(some.stream().map(Example::prompt).filter(policy.generator()::takes));
    Sampling sampling = kl.sampling();
    spec.commandLine()
        .getOut()
        .println(
            ReferenceCheck.of(
                policy.generator().klTo(held.scorer(), prompts, sampling),
                held.generator().klTo(policy.scorer(), prompts, sampling),
                margins(some, loaded, policy.scorer(), held.scorer())));
    return 0;
  }

  private double[] margins(
      List<Example> pairs, LanguageModel loaded, TokenScorer policy, TokenScorer held) {
    List<Double> margins = new ArrayList<>();
    for (Example pair : pairs) {
      List<PromptGroup> group = List.of(pair.encode(loaded.tokenizer()));
      TokenValues now = policy.logProbs(group);
      TokenValues then = held.logProbs(group);
      margins.add(beta * ((now.sum(0) - then.sum(0)) - (now.sum(1) - then.sum(1))));
    }
    return margins.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
