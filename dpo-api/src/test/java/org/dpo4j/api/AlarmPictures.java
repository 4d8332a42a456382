package org.dpo4j.api;

import static org.dpo4j.api.AlarmSettings.bigram;
import static org.dpo4j.api.AlarmSettings.flipped;
import static org.dpo4j.api.AlarmSettings.healthy;
import static org.dpo4j.api.AlarmSettings.marginal;
import static org.dpo4j.api.AlarmSettings.repetitions;
import static org.dpo4j.api.AlarmSettings.together;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.tabular.TabularPolicy;

/** Draws the pictures of {@code docs/monitoring.md}, from runs of the settings that tests use. */
public final class AlarmPictures {

  private static final String STYLE =
      """
      <style>svg { --paper: #fff; --faint: #6a7383; --line: #dfe3e8; --c0: #1f6fb2; --c1: #c2542d; --c2: #2d8a57; }
      @media (prefers-color-scheme: dark) { svg { --paper: #14181f; --faint: #96a0b0; --line: #2c3440;
      --c0: #6db3ec; --c1: #f0926c; --c2: #6fc996; } }
      svg { background: var(--paper); } text { fill: var(--faint); font: 11px system-ui, sans-serif; }
      .grid { stroke: var(--line); } polyline { fill: none; stroke: var(--c); stroke-width: 1.6; }
      circle { fill: var(--c); } rect { fill: var(--c); opacity: .55; } polyline.faint { stroke: var(--faint); } polyline.held { stroke-dasharray: 5 4; }
      .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }</style>""";

  private AlarmPictures() {}

  /**
   * Trains and draws.
   *
   * @param arguments where the pictures go; or that, a directory with a {@code report.html}, a
   *     title of a picture in it, and a name for it
   * @throws IOException if that can't be written
   */
  public static void main(String[] arguments) throws IOException {
    Path to = Files.createDirectories(Path.of(arguments[0]));
    if (arguments.length == 4) {
      draw(Path.of(arguments[1]), arguments[2], to.resolve(arguments[3] + ".svg"));
      return;
    }
    Path runs = Files.createTempDirectory("runs");
    PreferenceDataset pairs = Toy.pairs(8);
    PreferenceDataset some = Toy.pairs(4);
    String logProbs = "Log-prob of completions";
    run(runs, "healthy", healthy(Toy.random()), pairs, logProbs, to);
    run(runs, "chosen-falling", fast(bigram(), 5), repetitions(), logProbs, to);
    run(runs, "marginal", fast(bigram(), 5), marginal(), logProbs, to);
    run(runs, "chosen-falling-loss", fast(bigram(), 5), repetitions(), "Loss", to);
    run(runs, "margins", fast(Toy.uniform(), 2_000), pairs, "Implicit reward", to);
    run(runs, "chance", healthy(Toy.uniform()), together(some, flipped(some)), "Accuracy", to);
    DpoTrainer.Builder exploding = fast(bigram(), 5_000).beta(0.01);
    run(runs, "exploding", exploding, repetitions(), "Log-ratio to the reference", to);
    run(runs, "weight", healthy(Toy.uniform()).beta(20), pairs, "Gradient weight", to);
    run(runs, "still", fast(Toy.random(), 1e-6), pairs, "Loss", to);
    DpoTrainer.Builder elsewhere = healthy(Toy.uniform()).reference(Reference.model(Toy.random()));
    run(runs, "elsewhere", elsewhere, pairs, "Log-ratio to the reference", to);
    PreferenceDataset others = Toy.pairs(16).range(8, 16);
    run(
        runs,
        "few",
        healthy(Toy.random()).evaluation(others).evaluateEvery(10),
        pairs,
        "Accuracy",
        to);
    TabularPolicy aligned = Toy.uniform();
    fast(aligned, 100).epochs(10).build().train(pairs);
    run(runs, "satisfied", healthy(aligned), pairs, "The reference's own accuracy", to);
  }

  private static DpoTrainer.Builder fast(TabularPolicy policy, double rate) {
    return healthy(policy).optimizer(Sgd.learningRate(rate));
  }

  private static void run(
      Path runs,
      String name,
      DpoTrainer.Builder trainer,
      PreferenceDataset pairs,
      String title,
      Path to)
      throws IOException {
    Path run = runs.resolve(name);
    TrainingReport unused = trainer.runDirectory(RunDirectory.at(run)).build().train(pairs);
    draw(run, title, to.resolve(name + ".svg"));
  }

  private static void draw(Path run, String title, Path picture) throws IOException {
    Matcher found =
        Pattern.compile(
                "<svg (viewBox=[^>]*aria-label=\""
                    + Pattern.quote(escaped(title))
                    + "\">.*?</svg>)")
            .matcher(Files.readString(run.resolve("report.html")));
    if (!found.find()) {
      throw new IllegalArgumentException("no picture is titled " + title + " in " + run);
    }
    Files.writeString(
        picture,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"460\" height=\"220\" "
            + found.group(1).replaceFirst(">", ">" + STYLE)
            + "\n");
  }

  private static String escaped(String title) {
    return title.replace("'", "&#39;");
  }
}
