package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.api.Reference;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.torch.LanguageModel;
import picocli.CommandLine.Option;

/**
 * What all settings of a sweep are held to. It is asked once for all, so it has to stay as it is.
 */
final class SweepReference implements Checked {

  private static final Set<String> FIXED =
      Set.of("", "adapter-off", "adapter", "model", "copy", "cached");

  @Option(
      names = "--reference",
      paramLabel = "WHAT",
      description = {
        "adapter-off (the model itself; the default), adapter:DIR, model:DIR or copy; asked once a pair for all",
        "settings. With --init-adapter that adapter is the default, with --full a copy."
      })
  Optional<String> what = Optional.empty();

  /** Refuses what doesn't stay as it is. */
  @Override
  public void check() {
    String text = what.orElse("");
    if (!FIXED.contains(ReferenceOptions.kind(text))) {
      throw new IllegalArgumentException(
          "--reference of a sweep is asked once for all settings, and must stay as it is: adapter-off, adapter:DIR,"
              + " model:DIR or copy, got '"
              + text
              + "'");
    }
    options().check();
  }

  /** For one of the settings; to be closed after it. */
  Opened open(
      LanguageModel model, ModelOptions options, AdapterOptions adapter, List<Example> examples) {
    ReferenceOptions opened = options();
    return new Opened(opened.open(model, options, adapter.reference(), examples), opened);
  }

  private ReferenceOptions options() {
    ReferenceOptions options = new ReferenceOptions();
    // The policy as it starts is the default, and what is asked is cached anyway.
    options.what = what.filter(text -> !text.equals("copy") && !text.equals("cached"));
    return options;
  }

  /**
   * A reference, and what it holds.
   *
   * @param reference what the policy is held to
   * @param held closed with it
   */
  record Opened(Reference reference, ReferenceOptions held) implements AutoCloseable {

    /** The reference to score with; empty where it is a copy of weights that were trained since. */
    Optional<TokenScorer> scorer(LanguageModel model) {
      if (reference instanceof Reference.Model other) {
        return Optional.of(other.scorer());
      }
      if (reference instanceof Reference.Adapter adapter) {
        return model.adapter(adapter.name());
      }
      return reference instanceof Reference.AdapterOff
          ? Optional.of(model.base())
          : Optional.empty();
    }

    @Override
    public void close() {
      held.close();
    }
  }
}
