package org.dpo4j.examples.cli;

import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Option;

/** From which samples a KL is estimated. */
final class KlOptions {

  private static final long SEED = 42;

  @Option(
      names = "--kl-prompts",
      defaultValue = "32",
      paramLabel = "N",
      description = "Prompts whose samples the KL is estimated from (${DEFAULT-VALUE}).")
  int prompts;

  @Option(
      names = "--kl-samples",
      defaultValue = "4",
      paramLabel = "N",
      description = "Samples of each (${DEFAULT-VALUE}).")
  int samples;

  @Option(
      names = "--kl-tokens",
      defaultValue = "64",
      paramLabel = "N",
      description = "Tokens of a sample, at most (${DEFAULT-VALUE}).")
  int tokens;

  /** The first prompts, each once. */
  List<Text> some(Stream<Text> all) {
    return all.distinct().limit(prompts).toList();
  }

  Sampling sampling() {
    return Sampling.defaults().maxTokens(tokens).samples(samples).seed(SEED);
  }
}
