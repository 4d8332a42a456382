package org.dpo4j.examples.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dpo4j.torch.LanguageModel;

/**
 * The usual mistakes with folders of models and adapters, told before data are read and weights
 * loaded.
 */
final class ModelFolder {

  private static final String CONFIG = "config.json";
  private static final String ADAPTER_CONFIG = "adapter_config.json";

  /** As models are called on Hugging Face's Hub. */
  private static final Pattern HUB_NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");

  private ModelFolder() {}

  /** Refuses what holds no model. */
  static void require(String option, Path folder) {
    requireFolder(option, folder, "a model");
    if (Files.exists(folder.resolve(CONFIG))) {
      return;
    }
    throw new IllegalArgumentException(
        Files.exists(folder.resolve(ADAPTER_CONFIG))
            ? String.format(
                Locale.ROOT,
                "%s must be a model, and %s is an adapter%s",
                option,
                folder,
                AdapterFile.in(folder)
                    .text("base_model_name_or_path")
                    .map(base -> ", made for " + base)
                    .orElse(""))
            : String.format(
                Locale.ROOT,
                "%s must be a model as Hugging Face lays it out, and %s has no %s",
                option,
                folder,
                CONFIG));
  }

  /** Refuses what holds no adapter, or one that is not for the model. */
  static void requireAdapter(String option, Path model, Path adapter) {
    requireFolder(option, adapter, "an adapter");
    try {
      LanguageModel.requireAdapterFits(model, adapter);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s; --model is %s", option, e.getMessage(), model), e);
    }
  }

  /** Refuses what is no folder; what is in it shows when it is loaded. */
  static void requireRewardModel(String option, Path folder) {
    requireFolder(option, folder, "a reward model");
  }

  /**
   * Refuses {@code adapter:DIR} and {@code model:DIR} of what is none; leaves other forms alone.
   */
  static void requireNamed(String option, Path model, String name) {
    Path folder = Path.of(name.substring(name.indexOf(':') + 1));
    if (name.startsWith("adapter:")) {
      requireAdapter(option, model, folder);
    } else if (name.startsWith("model:")) {
      require(option, folder);
    }
  }

  static void requireFolder(String option, Path folder, String what) {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (Files.exists(folder)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be the folder of %s, and %s is a file", option, what, folder));
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s: there is no folder %s%s", option, folder, hub(folder)));
  }

  private static String hub(Path folder) {
    String name = folder.toString().replace('\\', '/');
    boolean isName =
        HUB_NAME.matcher(name).matches()
            && Optional.ofNullable(folder.getParent()).filter(Files::exists).isEmpty();
    return isName
        ? "; if that is a name on the Hub: nothing is fetched, so download it first, with hf download "
            + name
            + " --local-dir DIR or git clone https://huggingface.co/"
            + name
            + " (with Git LFS), and name the folder"
        : "";
  }
}
