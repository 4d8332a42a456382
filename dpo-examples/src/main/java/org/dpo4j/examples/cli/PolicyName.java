package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.compare.Answerer;
import org.dpo4j.torch.Generation;
import org.dpo4j.torch.GenerationListener;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it is named on the command line: {@code base}, {@code adapter:DIR} or {@code
 * model:DIR}. Closed, it closes what it had to load.
 */
final class PolicyName implements AutoCloseable {

  /** How the options are explained. */
  static final String FORMS = "base (the model itself), adapter:DIR or model:DIR";

  private final String option;
  private final String name;
  private @Nullable LanguageModel own;

  PolicyName(String option, String name) {
    this.option = option;
    this.name = name;
    requireForm(option, name);
  }

  /** Refuses what names no policy. */
  static void requireForm(String option, String name) {
    if (!name.equals("base") && !name.matches("(?s)(adapter|model):.+")) {
      throw new IllegalArgumentException(
          option + " must be base, adapter:DIR or model:DIR, got '" + name + "'");
    }
  }

  /** What it answers. Asked once. */
  Answerer answerer(LanguageModel model, ModelOptions options, Sampling sampling) {
    Generator generator = generator(model, options);
    return (prompts, seed) ->
        generator
            .generate(
                prompts.stream().map(prompt -> prompt.text()).toList(),
                sampling.seed(seed),
                GenerationListener.none(),
                new Cancellation())
            .stream()
            .map(Generation::text)
            .collect(ImmutableList.toImmutableList());
  }

  private Generator generator(LanguageModel model, ModelOptions options) {
    String rest = name.substring(name.indexOf(':') + 1);
    if (name.startsWith("model:")) {
      own = options.load(Path.of(rest));
      return own.generator();
    }
    return name.equals("base")
        ? model.generator()
        : model.loadAdapter(option, Path.of(rest)).generator(option);
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
