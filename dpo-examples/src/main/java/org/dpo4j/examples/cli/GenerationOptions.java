package org.dpo4j.examples.cli;

import java.util.List;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Option;

/** How text is generated. */
final class GenerationOptions implements Checked {

  @Option(
      names = "--max-tokens",
      defaultValue = "256",
      paramLabel = "N",
      description = "The most tokens of an answer (${DEFAULT-VALUE}).")
  int maxTokens;

  @Option(
      names = "--temperature",
      defaultValue = "1",
      paramLabel = "T",
      description = "Logits are divided by it; 0 always takes the likeliest (${DEFAULT-VALUE}).")
  double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      paramLabel = "K",
      description = "Only from the K likeliest tokens; 0 for all (${DEFAULT-VALUE}).")
  int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      paramLabel = "P",
      description = "Only from the likeliest tokens of P together (${DEFAULT-VALUE}, all).")
  double topP;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      paramLabel = "M",
      description = "Only tokens at least M times as likely as the likeliest (${DEFAULT-VALUE}).")
  double minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      paramLabel = "R",
      description = "Above 1, tokens already there are less likely (${DEFAULT-VALUE}).")
  double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A text that ends an answer and is no part of it; may be repeated.")
  List<String> stops = List.of();

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description = "The same seed gives the same text (${DEFAULT-VALUE}).")
  long seed;

  @Override
  public void check() {
    Sampling unused = sampling();
  }

  Sampling sampling() {
    return Sampling.defaults()
        .maxTokens(maxTokens)
        .temperature(temperature)
        .topK(topK)
        .topP(topP)
        .minP(minP)
        .repetitionPenalty(repetitionPenalty)
        .stops(stops.toArray(String[]::new))
        .seed(seed);
  }
}
