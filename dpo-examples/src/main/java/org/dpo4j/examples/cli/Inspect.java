package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.data.FileData;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.FileTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what data is, before anything is trained on it. */
@Command(
    name = "inspect",
    description =
        "Says what was recognised in preference data, what was skipped, and how long it is.")
final class Inspect implements Callable<Integer> {

  private static final int MOST_CHARACTERS = 400;

  @Mixin private DataOptions data;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Also counts tokens, as this model's tokenizer and chat template make them.")
  private Optional<Path> model;

  @Option(
      names = "--examples",
      defaultValue = "2",
      paramLabel = "N",
      description = "How many pairs to print (${DEFAULT-VALUE}).")
  private int examples;

  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (FileData<PreferenceDataset> read = data.files().pairs()) {
      out.println(read.summary());
      model.ifPresent(directory -> lengths(read.dataset(), directory, out));
      for (int i = 0; i < Math.min(examples, read.dataset().size()); i++) {
        print(read.dataset().get(i), out);
      }
    }
    return 0;
  }

  private static void lengths(PreferenceDataset pairs, Path directory, PrintWriter out) {
    int[] prompts = new int[pairs.size()];
    int[] completions = new int[2 * pairs.size()];
    int[] whole = new int[pairs.size()];
    try (FileTokenizer tokenizer = FileTokenizer.load(directory)) {
      for (int i = 0; i < pairs.size(); i++) {
        PromptGroup group = Example.of(pairs.get(i)).encode(tokenizer);
        prompts[i] = group.prompt().length();
        completions[2 * i] = group.completions().get(0).length();
        completions[2 * i + 1] = group.completions().get(1).length();
        whole[i] = prompts[i] + Math.max(completions[2 * i], completions[2 * i + 1]);
      }
    }
    out.println("tokens (half have at most, nine in ten, the longest):");
    out.println("  prompt                " + quantiles(prompts));
    out.println("  completion            " + quantiles(completions));
    out.println("  prompt and completion " + quantiles(whole));
  }

  private static String quantiles(int[] lengths) {
    Arrays.sort(lengths);
    return String.format(
        "%d, %d, %d",
        lengths[(lengths.length - 1) / 2],
        lengths[(int) Math.ceil(0.9 * lengths.length) - 1],
        lengths[lengths.length - 1]);
  }

  private static void print(PreferencePair pair, PrintWriter out) {
    out.printf(
        "%n%s%s%n",
        pair.id(), pair.margin().isPresent() ? ", margin " + pair.margin().getAsDouble() : "");
    out.println("  prompt:   " + shown(pair.prompt()));
    out.println("  chosen:   " + shown(pair.chosen()));
    out.println("  rejected: " + shown(pair.rejected()));
  }

  private static String shown(Text text) {
    String whole = SampleOptions.shown(text);
    String line = whole.replace("\n", "⏎");
    return line.length() > MOST_CHARACTERS
        ? line.substring(0, MOST_CHARACTERS) + "… (" + line.length() + " characters)"
        : line;
  }
}
