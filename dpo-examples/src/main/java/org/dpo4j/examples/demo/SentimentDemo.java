package org.dpo4j.examples.demo;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.RunDirectory;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SftTrainer;
import org.dpo4j.api.TrainingListener;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.report.RunReport;
import org.dpo4j.api.report.Sample;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.torch.Generation;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.Sampling;
import org.dpo4j.torch.TorchPolicy;

/**
 * SFT, sampled preferences, DPO, and what that changed.
 *
 * @param directory new; gets {@code model/}, {@code pairs.jsonl} and the run, {@code dpo/}
 * @param progress gives who is told of the steps of training, one for each of both runs
 * @param out what happened goes here
 */
public record SentimentDemo(
    Path directory, Supplier<? extends TrainingListener> progress, PrintWriter out) {

  private static final int REVIEWS = 3_000;
  private static final int SAMPLES_A_PROMPT = 16;
  private static final int HELD_OUT_FILMS = 6;
  private static final int SHOWN = 3;
  private static final double BETA = 0.5;
  private static final long SEED = 42;

  /**
   * What the demo measured.
   *
   * @param samples how many reviews each share is of
   * @param positiveBefore share of positive reviews that the reference writes
   * @param positiveAfter share of those that the policy writes
   * @param kl KL(π‖π_ref) of a review, in nats, estimated from the policy's samples
   * @param klError its standard error
   * @param heldOutAccuracy share of held-out pairs whose implicit rewards are in the right order
   */
  public record Result(
      int samples,
      double positiveBefore,
      double positiveAfter,
      double kl,
      double klError,
      double heldOutAccuracy) {}

  /**
   * Runs the experiment; a minute or so on two cores.
   *
   * @return what it measured
   * @throws IOException if the directory can't be written
   */
  public Result run() throws IOException {
    Path untrained = directory.resolve("untrained");
    Path checkpoint = directory.resolve("model");
    out.println(
        "1. A small decoder learns to write film reviews, of which half like the film (SFT).");
    SmallModel.write(untrained, FilmReviews.vocabulary(), SEED);
    imitate(untrained, checkpoint);

    try (LanguageModel model = load(checkpoint)) {
      List<Generation> before = sample(model.generator(), FilmReviews.prompts());
      out.printf(
          Locale.ROOT,
          "   It writes, for instance: %s%n%n2. Of %d reviews it samples, the more positive of a film is preferred.%n",
          example(before.get(0)),
          before.size());
      PreferenceDataset pairs = rank(before);
      write(pairs, directory.resolve("pairs.jsonl"));
      PreferenceDataset train = pairs.filter(pair -> !isHeldOut(pair));
      PreferenceDataset heldOut = pairs.filter(SentimentDemo::isHeldOut);
      out.printf(
          Locale.ROOT,
          "   %d pairs to learn from, %d of %d other films held out.%n%n",
          train.size(),
          heldOut.size(),
          HELD_OUT_FILMS);

      out.println("3. DPO trains an adapter on them; the reference is the model without it.");
      TorchPolicy policy = model.train(Lora.rank(8).alpha(16).seed(SEED));
      TrainingReport report = prefer(policy, train, heldOut);
      List<Generation> after = sample(policy.generator(), FilmReviews.prompts());
      Result result = compare(before, after, model, report);
      show(before, after, result);
      return result;
    }
  }

  private static LanguageModel load(Path checkpoint) {
    return LanguageModel.load(checkpoint, Placement.on("cpu"));
  }

  /** Trains all weights on reviews. */
  private void imitate(Path untrained, Path trained) {
    Random random = new Random(SEED);
    ImmutableList<String> prompts = FilmReviews.prompts();
    List<SftExample> reviews = new ArrayList<>();
    for (int i = 0; i < REVIEWS; i++) {
      reviews.add(SftExample.of(prompts.get(i % prompts.size()), FilmReviews.write(random)));
    }
    try (LanguageModel model = load(untrained)) {
      TorchPolicy policy = model.trainWeights();
      TrainingReport report =
          SftTrainer.builder()
              .policy(policy)
              .optimizer(AdamW.learningRate(5e-3))
              .schedule(Schedule.cosine().warmup(0.05))
              .batchSize(50)
              .epochs(3)
              .seed(SEED)
              .listener(progress.get())
              .build()
              .train(reviews);
      policy.saveMerged(trained);
      out.printf(
          Locale.ROOT,
          "   %d reviews, three times; loss %.2f to %.2f nats a token.%n",
          reviews.size(),
          report.history("loss")[0],
          report.finalMetrics().get("loss"));
    }
  }

  private static List<Generation> sample(Generator generator, List<String> prompts) {
    return generator.generate(
        prompts.stream().map(Text::of).toList(),
        Sampling.defaults().maxTokens(40).samples(SAMPLES_A_PROMPT).seed(SEED));
  }

  /** The most and the least positive review of each film, if they differ. */
  private static PreferenceDataset rank(List<Generation> samples) {
    ImmutableList<String> prompts = FilmReviews.prompts();
    Comparator<Generation> byScore =
        Comparator.comparingInt(sample -> FilmReviews.score(sample.text()));
    List<PreferencePair> pairs = new ArrayList<>();
    for (int prompt = 0; prompt < prompts.size(); prompt++) {
      List<Generation> ranked =
          samples.subList(prompt * SAMPLES_A_PROMPT, (prompt + 1) * SAMPLES_A_PROMPT).stream()
              .sorted(byScore)
              .toList();
      // The best with the worst, the second best with the second worst, and so on.
      for (int i = 0; i < SAMPLES_A_PROMPT / 2; i++) {
        Generation worse = ranked.get(i);
        Generation better = ranked.get(SAMPLES_A_PROMPT - 1 - i);
        if (byScore.compare(better, worse) > 0) {
          pairs.add(
              PreferencePair.of(prompts.get(prompt), " " + better.text(), " " + worse.text())
                  .withId(prompt + "-" + i));
        }
      }
    }
    return PreferenceDataset.of(pairs);
  }

  private static boolean isHeldOut(PreferencePair pair) {
    int film = Integer.parseInt(pair.id().substring(0, pair.id().indexOf('-')));
    return film >= FilmReviews.prompts().size() - HELD_OUT_FILMS;
  }

  private static void write(PreferenceDataset pairs, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      JsonObject line = new JsonObject();
      line.addProperty("prompt", plain(pair.prompt()));
      line.addProperty("chosen", plain(pair.chosen()));
      line.addProperty("rejected", plain(pair.rejected()));
      lines.add(line.toString());
    }
    Files.write(file, lines);
  }

  private static String plain(Text text) {
    return ((Text.Plain) text).text();
  }

  private TrainingReport prefer(
      TorchPolicy policy, PreferenceDataset train, PreferenceDataset heldOut) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(Reference.adapterOff())
        .beta(BETA)
        .optimizer(AdamW.learningRate(1e-3))
        .schedule(Schedule.linear().warmup(0.1))
        .batchSize(16)
        .epochs(4)
        .seed(SEED)
        .evaluation(heldOut)
        .evaluateEvery(10)
        .runDirectory(RunDirectory.at(runDirectory()))
        .listener(progress.get())
        .build()
        .train(train);
  }

  private Result compare(
      List<Generation> before, List<Generation> after, LanguageModel model, TrainingReport report) {
    TokenScorer reference = model.base();
    Tokenizer tokenizer = model.tokenizer();
    double[] logRatios = new double[after.size()];
    double mean = 0;
    for (int i = 0; i < logRatios.length; i++) {
      Generation sample = after.get(i);
      logRatios[i] =
          sample.logProb() - reference.logProbs(List.of(group(sample, tokenizer))).sum(0);
      mean += logRatios[i] / logRatios.length;
    }
    double squares = 0;
    for (double logRatio : logRatios) {
      squares += (logRatio - mean) * (logRatio - mean);
    }
    return new Result(
        after.size(),
        positive(before),
        positive(after),
        mean,
        Math.sqrt(squares / (logRatios.length - 1) / logRatios.length),
        report.finalEvaluation().get("eval_rewards/accuracies"));
  }

  private static double positive(List<Generation> samples) {
    return samples.stream().filter(sample -> FilmReviews.score(sample.text()) > 0).count()
        / (double) samples.size();
  }

  /** A sample as a scorer takes it. */
  private static PromptGroup group(Generation sample, Tokenizer tokenizer) {
    Text prompt = Text.of(FilmReviews.prompts().get(sample.prompt()));
    return PromptGroup.of(
        tokenizer.encode(prompt, List.of(Text.of(" " + sample.text()))).prompt(),
        List.of(sample.tokenIds()));
  }

  private void show(List<Generation> before, List<Generation> after, Result result)
      throws IOException {
    out.printf(
        Locale.ROOT,
        """

                                     before    after
        positive reviews            %5.1f %%  %5.1f %%   of %d samples
        KL(policy || reference)         0    %5.2f     ± %.2f nats a review
        implicit-reward accuracy        –    %5.1f %%   on held-out pairs

        """,
        100 * result.positiveBefore(),
        100 * result.positiveAfter(),
        result.samples(),
        result.kl(),
        2 * result.klError(),
        100 * result.heldOutAccuracy());
    List<Sample> samples = new ArrayList<>();
    for (int film = 0; film < SHOWN; film++) {
      int sample = film * 20 * SAMPLES_A_PROMPT;
      String prompt = FilmReviews.prompts().get(film * 20);
      out.printf(Locale.ROOT, "%s%n", prompt);
      samples.add(new Sample("before", prompt, example(before.get(sample))));
      samples.add(new Sample("after", prompt, example(after.get(sample))));
      out.printf(Locale.ROOT, "  before: %s%n", example(before.get(sample)));
      out.printf(Locale.ROOT, "  after:  %s%n", example(after.get(sample)));
    }
    RunReport.write(runDirectory(), samples);
    out.printf(
        Locale.ROOT,
        "%nmodel: %s%npairs: %s%nadapter: %s%nreport: %s%n",
        directory.resolve("model"),
        directory.resolve("pairs.jsonl"),
        runDirectory().resolve("final"),
        runDirectory().resolve("report.html"));
  }

  private static String example(Generation sample) {
    return sample.text().strip().replace(" .", ".");
  }

  private Path runDirectory() {
    return directory.resolve("dpo");
  }
}
