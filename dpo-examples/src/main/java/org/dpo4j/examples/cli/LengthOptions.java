package org.dpo4j.examples.cli;

import java.util.Optional;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Tokenizer;
import picocli.CommandLine.Option;

/** How long examples may be. */
final class LengthOptions {

  @Option(
      names = "--max-length",
      defaultValue = "1024",
      paramLabel = "TOKENS",
      description = "Examples with more tokens are left out and counted (${DEFAULT-VALUE}).")
  int maxLength;

  @Option(
      names = "--max-prompt-length",
      paramLabel = "TOKENS",
      description = "As well as those whose prompt has more; --max-length by default.")
  Optional<Integer> maxPromptLength = Optional.empty();

  PreferenceFiles applyTo(PreferenceFiles files, Tokenizer tokenizer) {
    return files.fitting(tokenizer, maxPromptLength.orElse(maxLength), maxLength);
  }
}
