package org.dpo4j.examples.demo;

import com.google.common.collect.ImmutableList;
import com.google.common.math.Stats;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.CandidateSource;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.Sampling;

/**
 * What best-of-N gains by the implicit reward, and costs, on the demo's task: the ground truth says
 * how good a review is, and nobody but the experiment asks it.
 *
 * @param directory of a demo that has run
 * @param out the table goes here
 */
public record BestOfExperiment(Path directory, PrintWriter out) {

  private static final ImmutableList<Integer> SIZES = ImmutableList.of(1, 4, 8, 16);
  private static final String POLICY = "policy";
  private static final double BETA = 0.5;
  private static final int REPEATS = 4;
  private static final long SEED = 1_000;

  /**
   * What one N did.
   *
   * @param source what drew the candidates
   * @param n how many it drew
   * @param reward mean ground-truth reward of the review the implicit reward ranks first
   * @param error its standard error
   * @param possible mean ground-truth reward of the truly best candidate
   * @param tokens mean tokens drawn for an answer
   * @param milliseconds mean time for an answer, drawing and ranking
   */
  public record Row(
      String source,
      int n,
      double reward,
      double error,
      double possible,
      double tokens,
      double milliseconds) {}

  /**
   * Measures, prints a table and writes {@code best-of-n.svg} to the directory.
   *
   * @return the table's rows: N ascending for each source, the reference first
   * @throws IOException if the picture can't be written
   */
  public ImmutableList<Row> run() throws IOException {
    ImmutableList.Builder<Row> rows = ImmutableList.builder();
    try (LanguageModel model =
        LanguageModel.load(directory.resolve("model"), Placement.on("cpu"))) {
      model.loadAdapter(POLICY, directory.resolve("dpo").resolve("final"));
      ImplicitRewardModel rewards =
          ImplicitRewardModel.of(
              model.adapter(POLICY).orElseThrow(), model.base(), model.tokenizer(), BETA);
      Sampling sampling = Sampling.defaults().maxTokens(40);
      out.println(
          "| candidates of | N | ground-truth reward | best possible | tokens an answer | ms an answer |");
      out.println("|---|---|---|---|---|---|");
      measure("reference", model.generator().candidates(sampling), rewards, rows);
      measure("policy", model.generator(POLICY).candidates(sampling), rewards, rows);
    }
    ImmutableList<Row> all = rows.build();
    Files.writeString(directory.resolve("best-of-n.svg"), new BestOfPicture(all).svg());
    return all;
  }

  private void measure(
      String name,
      CandidateSource source,
      ImplicitRewardModel rewards,
      ImmutableList.Builder<Row> rows) {
    answer(BestOfN.of(source, rewards, 16)); // Warms up.
    for (int n : SIZES) {
      Row row = row(name, n, answer(BestOfN.of(source, rewards, n)));
      rows.add(row);
      out.printf(
          Locale.ROOT,
          "| %s | %d | %.2f ± %.2f | %.2f | %.0f | %.1f |%n",
          row.source(),
          row.n(),
          row.reward(),
          2 * row.error(),
          row.possible(),
          row.tokens(),
          row.milliseconds());
    }
  }

  private static List<Choice> answer(BestOfN best) {
    List<Choice> choices = new ArrayList<>();
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long seed = SEED + 1_000L * repeat;
      for (String prompt : FilmReviews.prompts()) {
        choices.add(best.choose(Text.of(prompt), seed++));
      }
    }
    return choices;
  }

  private static Row row(String name, int n, List<Choice> choices) {
    Stats truths =
        choices.stream()
            .map(choice -> FilmReviews.score(choice.best().text()))
            .collect(Stats.toStats());
    return new Row(
        name,
        n,
        truths.mean(),
        truths.sampleStandardDeviation() / Math.sqrt(choices.size()),
        choices.stream()
            .mapToInt(
                choice ->
                    choice.ranked().stream()
                        .mapToInt(candidate -> FilmReviews.score(candidate.text()))
                        .max()
                        .orElseThrow())
            .average()
            .orElseThrow(),
        choices.stream().mapToInt(Choice::tokens).average().orElseThrow(),
        choices.stream()
            .mapToDouble(choice -> choice.drawing().plus(choice.ranking()).toNanos() / 1e6)
            .average()
            .orElseThrow());
  }
}
