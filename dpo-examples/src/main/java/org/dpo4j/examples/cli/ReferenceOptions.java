package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.api.Reference;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.torch.LanguageModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the policy is held to. */
final class ReferenceOptions implements AutoCloseable, Checked {

  private static final String NAME = "reference";

  @Option(
      names = "--reference",
      paramLabel = "WHAT",
      description = {
        "adapter-off (the model itself; the default), adapter:DIR, model:DIR, moving[:ALPHA:STEPS], copy, none,",
        "or cached, which asks the default one once a pair. With --init-adapter that adapter is the default,",
        "with --full a copy."
      })
  Optional<String> what = Optional.empty();

  private @Nullable LanguageModel other;

  @Override
  public void check() {
    String kind = kind(what.orElse(""));
    String rest = rest(kind);
    switch (kind) {
      case "", "adapter-off", "copy", "cached", "none" -> {
        if (!rest.isEmpty()) {
          throw unknown();
        }
      }
      case "moving" -> {
        Reference unused = moving(rest);
      }
      case "adapter", "model" -> {
        Path unused = path(rest);
      }
      default -> throw unknown();
    }
  }

  private String rest(String kind) {
    String text = what.orElse("");
    return text.length() > kind.length() ? text.substring(kind.length() + 1) : "";
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "--reference must be adapter-off, adapter:DIR, model:DIR, cached, moving, copy or none, got '"
            + what.orElse("")
            + "'");
  }

  /**
   * The reference for a policy that the model was made into.
   *
   * @param usual what it is without the option
   * @param examples some of the data, on which another model's tokenizer is compared
   */
  Reference open(
      LanguageModel model, ModelOptions options, Reference usual, List<Example> examples) {
    String kind = kind(what.orElse(""));
    String rest = rest(kind);
    return switch (kind) {
      case "" -> usual;
      case "adapter-off" -> Reference.adapterOff();
      case "copy" -> Reference.frozenCopy();
      case "cached" -> Reference.cached(usual);
      case "none" -> Reference.none();
      case "moving" -> moving(rest);
      case "adapter" -> {
        model.loadAdapter(NAME, path(rest));
        yield Reference.adapter(NAME);
      }
      case "model" -> {
        other = options.load(path(rest));
        requireSameTokens(model.tokenizer(), other.tokenizer(), examples);
        yield Reference.model(other.base());
      }
      default -> throw unknown();
    };
  }

  /** What is before the colon, if there is one. */
  static String kind(String text) {
    return text.replaceFirst(":.*", "");
  }

  private static Path path(String rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(
          "--reference adapter: and model: need a directory, such as adapter:runs/sft/final");
    }
    return Path.of(rest);
  }

  /** TR-DPO's soft update by default. */
  private static Reference moving(String rest) {
    if (rest.isEmpty()) {
      return Reference.moving(0.6, 100);
    }
    try {
      int colon = rest.indexOf(':');
      return Reference.moving(
          Double.parseDouble(rest.substring(0, Math.max(0, colon))),
          Integer.parseInt(rest.substring(colon + 1)));
    } catch (IllegalArgumentException e) { // no number, or one out of range
      throw new IllegalArgumentException(
          "--reference moving needs ALPHA:STEPS, a number in (0, 1] and one ≥ 1, such as moving:0.6:100, got '"
              + rest
              + "'",
          e);
    }
  }

  /** A reference that reads other tokens gives numbers that mean nothing. */
  private static void requireSameTokens(
      Tokenizer policy, Tokenizer reference, List<Example> examples) {
    for (Example example : examples) {
      if (!tokens(example, policy).equals(tokens(example, reference))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "--reference must have the policy's tokenizer and chat template, and makes other tokens of %s",
                example.id()));
      }
    }
  }

  /** Empty of what is refused, and left out of the run. */
  private static Optional<PromptGroup> tokens(Example example, Tokenizer tokenizer) {
    try {
      return Optional.of(example.encode(tokenizer));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    if (other != null) {
      other.close();
    }
  }
}
