package org.dpo4j.api;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpo4j.api.files.OwnFile;
import org.dpo4j.api.report.SweepReport;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.theory.SampledKl;

/**
 * Trains the same policy several times, with one β or loss after the other, and says which to take:
 * no curve of a single run shows whether its β was right.
 *
 * <pre>{@code
 * Sweep.of(List.of("dpo"), List.of(0.05, 0.1, 0.2, 0.5)).run(directory, (setting, run) -> {
 *     Policy policy = …; // as it was before any training
 *     return Sweep.Trained.of(DpoTrainer.builder().policy(policy)
 *         .loss(setting.objective()).beta(setting.beta())
 *         .reference(Reference.cached(reference, Sweep.referenceCache(directory)))
 *         .runDirectory(RunDirectory.at(run).resume(true))
 *         .evaluation(heldOut) … .build().train(pairs));
 * });
 * }</pre>
 *
 * <p>What is recommended has the least KL among the settings whose held-out accuracy is within one
 * standard error of the best: differences that are smaller are chance, and of equally accurate
 * policies the one that has moved less has kept more of what the reference is good at.
 *
 * @param settings one after the other
 */
public record Sweep(ImmutableList<Setting> settings) {

  private static final String FILE = "sweep.jsonl";
  private static final String PAGE = "report.html";

  /**
   * What one run differs in from the others.
   *
   * @param loss as {@link Losses#named} reads it
   * @param beta β, &gt; 0
   */
  public record Setting(String loss, double beta) {

    /**
     * The loss.
     *
     * @return the objective
     * @throws IllegalArgumentException if there is none of that name, or it isn't over pairs
     */
    public PairObjective objective() {
      if (Losses.named(loss, Map.of()) instanceof NamedLoss.OverPairs pairs) {
        return pairs.objective();
      }
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a sweep is over losses over pairs, and '%s' is none", loss));
    }

    /**
     * Names the setting's run.
     *
     * @return a directory's name, for instance {@code dpo-beta-0.1}
     */
    public String directory() {
      return loss.replaceAll("[^A-Za-z0-9.+=_-]", "_") + "-beta-" + beta;
    }

    /** For instance {@code dpo, β = 0.1}. */
    @Override
    public String toString() {
      return loss + ", β = " + beta;
    }
  }

  /**
   * A run that has ended.
   *
   * @param report with an evaluation
   * @param kl KL(policy‖reference) from the policy's samples, if it was estimated
   */
  public record Trained(TrainingReport report, Optional<SampledKl> kl) {

    /**
     * Without a KL from samples: settings are compared by their drift on held-out completions.
     *
     * @param report with an evaluation
     * @return the run
     */
    public static Trained of(TrainingReport report) {
      return new Trained(report, Optional.empty());
    }
  }

  /** Trains a policy with a setting. */
  @FunctionalInterface
  public interface Training {

    /**
     * Trains.
     *
     * @param setting loss and β
     * @param run a directory for the run
     * @return how it went
     */
    Trained train(Setting setting, Path run);
  }

  /**
   * What a setting gave, on held-out pairs.
   *
   * @param setting loss and β
   * @param pairs how many were evaluated
   * @param accuracy share in order
   * @param margin mean of r̂_w − r̂_l, in units of reward
   * @param gap mean difference of log-ratios, nats: the margin without β
   * @param drift {@code kl/chosen}, nats; NaN without a reference
   * @param kl from samples, if it was estimated
   * @param stopped why the run ended
   * @param alarms the kinds that were raised
   */
  public record Outcome(
      Setting setting,
      int pairs,
      double accuracy,
      double margin,
      double gap,
      double drift,
      Optional<SampledKl> kl,
      StopReason stopped,
      ImmutableList<String> alarms) {

    static Outcome of(Setting setting, Trained trained) {
      TrainingReport report = trained.report();
      Metrics metrics = report.finalEvaluation();
      return new Outcome(
          setting,
          report.heldOut().orElseThrow().examples(),
          metrics.get("eval_rewards/accuracies"),
          metrics.get("eval_rewards/margins"),
          metric(metrics, "eval_logratios/gap"),
          metric(metrics, "eval_kl/chosen"),
          trained.kl(),
          report.stopped(),
          report.alarms().stream().map(alarm -> alarm.kind().id()).collect(toImmutableList()));
    }

    private static double metric(Metrics metrics, String name) {
      return metrics.has(name) ? metrics.get(name) : Double.NaN;
    }

    /**
     * The standard error of the accuracy.
     *
     * @return of a share of so many pairs
     */
    public double accuracyError() {
      return Math.sqrt(accuracy * (1 - accuracy) / pairs);
    }

    /**
     * How far the policy moved.
     *
     * @return the KL from samples, or else the drift on held-out completions, nats
     */
    public double distance() {
      return kl.map(SampledKl::mean).orElse(drift);
    }

    private JsonObject json(boolean recommended) {
      JsonObject line = new JsonObject();
      line.addProperty("loss", setting.loss());
      line.addProperty("beta", setting.beta());
      line.addProperty("run", setting.directory());
      line.addProperty("pairs", pairs);
      line.addProperty("accuracy", accuracy);
      line.addProperty("accuracy_error", accuracyError());
      line.add("margin", RunConfiguration.number(margin));
      line.add("gap", RunConfiguration.number(gap));
      line.add("drift", RunConfiguration.number(drift));
      kl.ifPresent(
          estimate -> {
            line.add("kl", RunConfiguration.number(estimate.mean()));
            line.add("kl_error", RunConfiguration.number(estimate.error()));
          });
      line.addProperty("stopped", stopped.name());
      line.addProperty("alarms", String.join(", ", alarms));
      line.addProperty("recommended", recommended);
      return line;
    }
  }

  /**
   * What a sweep gave.
   *
   * @param outcomes in the order of the settings
   * @param recommended empty if none is better than a coin
   * @param reason why, for a person
   */
  public record Result(
      ImmutableList<Outcome> outcomes, Optional<Outcome> recommended, String reason) {

    /**
     * Compares outcomes.
     *
     * @param outcomes at least one
     * @return with a recommendation
     */
    public static Result of(List<Outcome> outcomes) {
      Outcome best =
          outcomes.stream().max(Comparator.comparingDouble(Outcome::accuracy)).orElseThrow();
      if (best.accuracy() - 0.5 <= best.accuracyError()) {
        return new Result(
            ImmutableList.copyOf(outcomes),
            Optional.empty(),
            String.format(
                Locale.ROOT,
                "no setting tells held-out pairs apart better than a coin: the best has %.1f ± %.1f %% in order",
                100 * best.accuracy(),
                100 * best.accuracyError()));
      }
      double enough = best.accuracy() - best.accuracyError();
      Outcome chosen =
          outcomes.stream()
              .filter(outcome -> outcome.accuracy() >= enough)
              .min(Comparator.comparingDouble(Outcome::distance))
              .orElseThrow();
      return new Result(
          ImmutableList.copyOf(outcomes),
          Optional.of(chosen),
          String.format(
              Locale.ROOT,
              "%s: of the settings within one standard error of the best accuracy (%.1f ± %.1f %%), the one nearest to"
                  + " the reference, at %.3g nats with %.1f %% in order",
              chosen.setting(),
              100 * best.accuracy(),
              100 * best.accuracyError(),
              chosen.distance(),
              100 * chosen.accuracy()));
    }

    /** A line a setting, and the recommendation. */
    @Override
    public String toString() {
      StringBuilder text =
          new StringBuilder(
              String.format(
                  Locale.ROOT,
                  "%-28s %10s %10s %10s %10s%n",
                  "setting",
                  "accuracy",
                  "nats",
                  "gap",
                  "reward"));
      for (Outcome outcome : outcomes) {
        text.append(
            String.format(
                Locale.ROOT,
                "%-28s %8.1f %% %10.3g %10.3g %10.3g%s%n",
                outcome.setting(),
                100 * outcome.accuracy(),
                outcome.distance(),
                outcome.gap(),
                outcome.margin(),
                outcome.alarms().isEmpty() ? "" : "  " + String.join(", ", outcome.alarms())));
      }
      return text.append(recommended.isPresent() ? "take " : "").append(reason).toString();
    }
  }

  /**
   * Every loss with every β.
   *
   * @param losses at least one, as {@link Losses#named} reads it
   * @param betas at least one, each &gt; 0
   * @return the sweep
   * @throws IllegalArgumentException if there is none, one is given twice, or a loss isn't over
   *     pairs
   */
  public static Sweep of(List<String> losses, List<Double> betas) {
    Check.that(!betas.isEmpty(), "betas must have at least one element, got none");
    return of(losses, loss -> betas);
  }

  /**
   * Every loss with half, once, twice and five times the β that is usual for it: 0.05 to 0.5 for
   * most. A loss that β has no effect on is tried once.
   *
   * @param losses at least one, as {@link Losses#named} reads it
   * @return the sweep
   * @throws IllegalArgumentException if there is none, one is given twice, or a loss isn't over
   *     pairs
   */
  public static Sweep of(List<String> losses) {
    return of(losses, Sweep::usualBetas);
  }

  private static List<Double> usualBetas(String loss) {
    OptionalDouble usual = new Setting(loss, 1).objective().usualBeta();
    return usual.isEmpty()
        ? List.of(TrainerBuilder.UNUSED_BETA)
        : Stream.of(0.5, 1.0, 2.0, 5.0).map(factor -> factor * usual.getAsDouble()).toList();
  }

  private static Sweep of(List<String> losses, Function<String, List<Double>> betas) {
    Check.that(!losses.isEmpty(), "losses must have at least one element, got none");
    List<Setting> settings = new ArrayList<>();
    for (String loss : losses) {
      for (double beta : betas.apply(loss)) {
        Setting setting = new Setting(loss, Check.positive("beta", beta));
        PairObjective unused = setting.objective();
        Check.that(
            settings.stream().noneMatch(it -> it.directory().equals(setting.directory())),
            "%s is given twice",
            setting);
        settings.add(setting);
      }
    }
    return new Sweep(ImmutableList.copyOf(settings));
  }

  /**
   * Where the runs of a sweep keep the log-probabilities of their reference, so that it is asked
   * once and not once a run.
   *
   * @param directory the sweep's
   * @return a file in it, for {@link Reference#cached(Reference, Path)}
   */
  public static Path referenceCache(Path directory) {
    return directory.resolve("reference.logprobs");
  }

  /**
   * Trains with one setting after the other. After each, {@code sweep.jsonl} and {@code
   * report.html} say what is known; a run that was cancelled ends the sweep.
   *
   * @param directory made if it isn't there; each run has a directory in it
   * @param training trains; each time the policy as it was at the start
   * @return what the settings gave, those before a cancelled one
   * @throws IllegalArgumentException if a run had no evaluation, or all were cancelled
   * @throws UncheckedIOException if the directory can't be written
   */
  public Result run(Path directory, Training training) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Setting setting : settings) {
      Trained trained = training.train(setting, directory.resolve(setting.directory()));
      if (trained.report().stopped() == StopReason.CANCELLED) {
        break;
      }
      outcomes.add(Outcome.of(setting, trained));
      write(directory, Result.of(outcomes));
    }
    Check.that(!outcomes.isEmpty(), "the sweep was cancelled before its first run had ended");
    return Result.of(outcomes);
  }

  private static void write(Path directory, Result result) {
    String lines =
        result.outcomes().stream()
            .map(
                outcome ->
                    outcome.json(result.recommended().filter(outcome::equals).isPresent()) + "\n")
            .collect(joining());
    try {
      Files.createDirectories(directory);
      OwnFile.replace(directory.resolve(FILE), lines.getBytes(StandardCharsets.UTF_8));
      OwnFile.replace(
          directory.resolve(PAGE),
          SweepReport.html(directory, result.reason()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the sweep in " + directory + ": " + e, e);
    }
  }
}
