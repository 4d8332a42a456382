package org.dpo4j.examples.cli;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.torch.FileTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what data is, before anything is trained on it. */
@Command(
    name = "inspect",
    description = "Says what was recognised in data, what was skipped, and how long it is.")
final class Inspect implements Callable<Integer>, Checked {

  private static final int MOST_CHARACTERS = 400;

  @Mixin private DataOptions data;
  @Mixin private MarginOptions margin;

  @Mixin private TextOptions texts;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Also counts tokens, as this model's tokenizer and chat template make them.")
  private Optional<Path> model;

  @Option(
      names = "--as",
      defaultValue = "pairs",
      paramLabel = "KIND",
      description =
          "What is made of it: pairs, rankings, thumbs, or demonstrations for sft (${DEFAULT-VALUE}).")
  private Kind kind;

  @Option(
      names = "--examples",
      defaultValue = "2",
      paramLabel = "N",
      description = "How many to print (${DEFAULT-VALUE}).")
  private int examples;

  private @Spec CommandSpec spec;

  private enum Kind {
    PAIRS,
    RANKINGS,
    THUMBS,
    DEMONSTRATIONS
  }

  /**
   * An example to be printed.
   *
   * @param example what is in it
   * @param note follows its id
   * @param names what each completion is
   */
  private record Row(Example example, String note, List<String> names) {

    static Row of(PreferencePair pair) {
      StringBuilder note = new StringBuilder();
      pair.margin().ifPresent(nats -> note.append(", margin ").append(nats).append(" nats"));
      pair.ratingGap()
          .ifPresent(points -> note.append(", rated ").append(points).append(" points higher"));
      return new Row(Example.of(pair), note.toString(), List.of("chosen", "rejected"));
    }

    static Row of(RankedExample ranking) {
      return new Row(
          Example.of(ranking),
          "",
          IntStream.rangeClosed(1, ranking.completions().size())
              .mapToObj(Integer::toString)
              .toList());
    }

    static Row of(UnpairedExample thumb) {
      return new Row(Example.of(thumb), "", List.of(thumb.desirable() ? "up" : "down"));
    }

    static Row of(SftExample demonstration) {
      return new Row(Example.of(demonstration), "", List.of("completion"));
    }
  }

  @Override
  public void check() {
    margin.requireUsed(kind == Kind.PAIRS, "--as " + kind.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void requireInputs() {
    model.ifPresent(folder -> ModelFolder.requireFolder("--model", folder, "a model"));
  }

  @Override
  public Integer call() {
    PreferenceFiles files = data.files();
    switch (kind) {
      case PAIRS ->
          inspect(
              margin.applyTo(files, Optional.empty()).pairs(),
              pairs -> pairs.asDataset().map(Row::of));
      case RANKINGS -> inspect(files.rankings(), rankings -> rankings.map(Row::of));
      case THUMBS -> inspect(files.unpaired(), thumbs -> thumbs.map(Row::of));
      case DEMONSTRATIONS -> inspect(files.demonstrations(), shown -> shown.map(Row::of));
    }
    return 0;
  }

  private <D> void inspect(FileData<D> from, Function<D, Dataset<Row>> made) {
    PrintWriter out = spec.commandLine().getOut();
    try (FileData<D> read = from) {
      out.println(read.summary());
      Dataset<Row> rows = made.apply(read.dataset());
      model.ifPresent(directory -> lengths(rows, directory, out));
      for (int i = 0; i < Math.min(examples, rows.size()); i++) {
        print(rows.get(i), out);
      }
    }
  }

  private void lengths(Dataset<Row> rows, Path directory, PrintWriter out) {
    List<Integer> prompts = new ArrayList<>();
    List<Integer> completions = new ArrayList<>();
    List<Integer> whole = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int cutEarly = 0;
    try (FileTokenizer tokenizer = FileTokenizer.load(directory, texts.tokenization(data))) {
      if (rows.size() > 0) {
        ChatNotice.of(tokenizer, Stream.of(rows.get(0).example().prompt())).ifPresent(out::println);
      }
      for (Row row : rows) {
        Tokenized tokenized;
        try {
          tokenized = row.example().tokenize(tokenizer);
        } catch (IllegalArgumentException e) {
          refused.add(String.valueOf(e.getMessage()));
          continue;
        }
        cutEarly += tokenized.cutEarly() ? 1 : 0;
        PromptGroup group = tokenized.group();
        List<Integer> lengths =
            group.completions().stream().map(ImmutableIntArray::length).toList();
        prompts.add(group.prompt().length());
        completions.addAll(lengths);
        whole.add(group.prompt().length() + Collections.max(lengths));
      }
    }
    if (!refused.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "not tokenizable: %d of %d, the first %s%n",
          refused.size(),
          rows.size(),
          refused.get(0));
    }
    if (cutEarly > 0) {
      out.println(Example.cutEarly(cutEarly, rows.size()));
    }
    if (whole.isEmpty()) {
      return;
    }
    out.println("tokens (half have at most, nine in ten, the longest):");
    out.println("  prompt                " + quantiles(Ints.toArray(prompts)));
    out.println("  completion            " + quantiles(Ints.toArray(completions)));
    out.println("  prompt and completion " + quantiles(Ints.toArray(whole)));
  }

  private static String quantiles(int[] lengths) {
    Arrays.sort(lengths);
    return String.format(
        Locale.ROOT,
        "%d, %d, %d",
        lengths[(lengths.length - 1) / 2],
        lengths[(int) Math.ceil(0.9 * lengths.length) - 1],
        lengths[lengths.length - 1]);
  }

  private static void print(Row row, PrintWriter out) {
    out.printf(Locale.ROOT, "%n%s%s%n", row.example().id(), row.note());
    printLine("prompt", row.example().prompt(), out);
    for (int i = 0; i < row.names().size(); i++) {
      printLine(row.names().get(i), row.example().completions().get(i), out);
    }
  }

  private static void printLine(String name, Text text, PrintWriter out) {
    out.printf(Locale.ROOT, "  %-11s %s%n", name + ":", shown(text));
  }

  private static String shown(Text text) {
    String whole = SampleOptions.shown(text);
    String line = whole.replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎");
    return line.length() > MOST_CHARACTERS
        ? line.substring(0, MOST_CHARACTERS) + "… (" + line.length() + " characters)"
        : line;
  }
}
