package org.dpo4j.api.monitor;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dpo4j.api.monitor.Alarm.Kind;
import org.dpo4j.core.batch.Metrics;

/**
 * Raises the alarms of one run. Told the same in the same order, it raises the same, so that a run
 * that goes on is caught up with by telling its metrics again. Not safe for use by several threads.
 */
public final class Monitor {

  private static final String CHOSEN_RATIO = "logratios/chosen";
  private static final String CHOSEN = "logps/chosen";
  private static final String REJECTED_RATIO = "logratios/rejected";
  private static final String ACCURACY = "rewards/accuracies";
  private static final String MARGIN = "rewards/margins";
  private static final String WEIGHT = "gradient_weight";
  private static final String REFERENCE_ACCURACY = "reference_accuracies";
  private static final double IN_ORDER = 0.99;

  /** Where a pair still pulls nearly as it did at the start. */
  private static final double UNLEARNT = 0.45;

  private final Thresholds limits;
  private final Set<Kind> raised = EnumSet.noneOf(Kind.class);
  private final List<Alarm> alarms = new ArrayList<>();
  private final Map<String, Window> windows = new HashMap<>();
  private int steps;
  private double firstLosses;
  private double referenceAccuracies;
  private int referenceSteps;
  private double firstHeldOutChosen = Double.NaN;

  /**
   * For a run that has not begun.
   *
   * @param thresholds when alarms are raised
   */
  public Monitor(Thresholds thresholds) {
    this.limits = thresholds;
  }

  /**
   * All alarms so far.
   *
   * @return in the order in which they were raised
   */
  public ImmutableList<Alarm> alarms() {
    return ImmutableList.copyOf(alarms);
  }

  /**
   * What the run learns preferences from.
   *
   * @param noun what an example is called, for instance {@code pair}
   * @param examples how many there are
   * @param truncated of how many the prompt was cut
   */
  public void data(String noun, int examples, int truncated) {
    if (examples < limits.fewExamples()) {
      raise(
          Kind.FEW_EXAMPLES,
          0,
          ImmutableMap.of("examples", (double) examples),
          "Expect overfitting: hold some out, watch their accuracy and not the training's, and train one epoch",
          "there are %d %ss, fewer than %d",
          examples,
          noun,
          limits.fewExamples());
    }
    if (truncated > limits.truncatedShare() * examples) {
      raise(
          Kind.DATA_TRUNCATED,
          0,
          ImmutableMap.of("examples", (double) examples, "truncated", (double) truncated),
          "What a completion answers may be gone: raise the length that is allowed, or leave such examples out",
          "%d of %d prompts were truncated",
          truncated,
          examples);
    }
  }

  /**
   * The first loss.
   *
   * @param loss of the policy
   * @param expected what policy = reference would give, with the same margins
   * @param logRatio mean |log π/π_ref| of a completion, nats
   */
  public void notAtReference(double loss, double expected, double logRatio) {
    raise(
        Kind.NOT_AT_REFERENCE,
        0,
        ImmutableMap.of("loss", loss, "expected", expected, "log_ratio", logRatio),
        "Right if the reference is another model than the policy starts from; otherwise check which adapter,"
            + " weights or dropout the policy has and the reference has not",
        "the first loss is %.4f, and policy = reference gives %.4f: they differ by %.3g nats a completion",
        loss,
        expected,
        logRatio);
  }

  /**
   * A step was taken.
   *
   * @param step its number, from 1
   * @param metrics under the names of a run's metrics; alarms whose metrics are missing stay silent
   */
  public void step(int step, Metrics metrics) {
    metrics
        .names()
        .forEach(
            name ->
                windows
                    .computeIfAbsent(name, unused -> new Window(limits.window()))
                    .add(metrics.get(name)));
    steps++;
    if (steps <= limits.window() && metrics.has("loss")) {
      firstLosses += metrics.get("loss");
    }
    checkReference(step, metrics);
    checkChosen(step);
    checkMargins(step);
    checkDrift(step);
    checkLearning(step);
  }

  /** Judged once, on the first pass or as much of it as patience allows. */
  private void checkReference(int step, Metrics metrics) {
    if (!metrics.has(REFERENCE_ACCURACY) || steps > limits.patience()) {
      return;
    }
    boolean firstPass = !metrics.has("epoch") || metrics.get("epoch") <= 1;
    if (firstPass) {
      referenceAccuracies += metrics.get(REFERENCE_ACCURACY);
      referenceSteps++;
    }
    boolean enough = steps == limits.patience() || (firstPass && isLastOfPass(metrics));
    double accuracy = referenceAccuracies / referenceSteps;
    if (enough && accuracy >= limits.satisfiedAccuracy()) {
      raise(
          Kind.ALREADY_SATISFIED,
          step,
          ImmutableMap.of("reference_accuracy", accuracy),
          "There is little to learn from such pairs: use harder ones, for instance two samples of the model"
              + " itself, or stop early",
          "the reference has %.0f %% of the pairs in the right order before any training (per token)",
          100 * accuracy);
    }
  }

  private static boolean isLastOfPass(Metrics metrics) {
    return metrics.has("epoch") && metrics.get("epoch") == 1;
  }

  /** Against the reference where there is one, since that takes the batches' scatter away. */
  private void checkChosen(int step) {
    Window chosen = windows.getOrDefault(CHOSEN_RATIO, windows.get(CHOSEN));
    if (chosen == null || !chosen.isFull()) {
      return;
    }
    boolean below = !windows.containsKey(CHOSEN_RATIO) || chosen.mean() < 0;
    Window.Trend trend = chosen.trend();
    double fall = -trend.slope() * limits.window();
    if (below && trend.falls() && fall >= limits.chosenFall()) {
      chosenFalls(step, "", trend.slope(), fall, limits.window() + " steps");
    }
  }

  private void chosenFalls(int step, String which, double slope, double fall, String over) {
    raise(
        Kind.CHOSEN_FALLING,
        step,
        ImmutableMap.of("slope", slope, "fall", fall),
        "The policy learns what not to say, and may end up saying something else altogether; look at samples."
            + " Lower the learning rate or raise β, add imitation (loss 'dpo + 0.1*sft'), use 'dpop', or take out"
            + " pairs whose completions are almost the same",
        "the %schosen completions become less likely: by %.2f nats over %s (%.3g a step)",
        which,
        fall,
        over,
        slope);
  }

  private void checkMargins(int step) {
    double margin = mean(MARGIN);
    double accuracy = mean(ACCURACY);
    double weight = mean(WEIGHT);
    if (accuracy >= IN_ORDER && margin >= limits.saturatedMargin()) {
      raise(
          Kind.MARGINS_SATURATED,
          step,
          ImmutableMap.of("margin", margin, "accuracy", accuracy),
          "These pairs are learnt, and what still grows is distance from the reference: stop here, take fewer"
              + " epochs, or use a loss whose margins are bounded, such as 'ipo' or 'dpo(label-smoothing=0.1)'",
          "%.0f %% of the pairs are in order, by a margin of %.3g on average over %d steps",
          100 * accuracy,
          margin,
          limits.window());
    }
    if (weight < limits.minGradientWeight()) {
      raise(
          Kind.GRADIENT_WEIGHT_COLLAPSED,
          step,
          ImmutableMap.of("gradient_weight", weight, "margin", margin),
          "Further steps change almost nothing. Early in a run β is too large or the learning rate too high;"
              + " late, the data is used up",
          "the gradient weight is %.3g on average over %d steps, and it was 0.5 at the start",
          weight,
          limits.window());
    }
  }

  private void checkDrift(int step) {
    double chosen = mean("rewards/chosen");
    double rejected = mean("rewards/rejected");
    double reward = Math.max(Math.abs(chosen), Math.abs(rejected));
    double drift = mean("kl/chosen");
    if (reward > limits.maxReward() || drift > limits.maxDrift()) {
      raise(
          Kind.REWARDS_EXPLODING,
          step,
          ImmutableMap.of(
              "reward_chosen",
              chosen,
              "reward_rejected",
              rejected,
              "logratio_rejected",
              mean(REJECTED_RATIO),
              "drift",
              drift),
          "The policy is no longer near what the reference is good at: lower the learning rate, raise β, and go"
              + " back to an earlier checkpoint",
          "the policy is far from the reference: rewards of %.3g (chosen) and %.3g (rejected), drift of %.3g nats a"
              + " chosen completion, over %d steps",
          chosen,
          rejected,
          drift,
          limits.window());
    }
  }

  private void checkLearning(int step) {
    if (steps < Math.max(limits.patience(), 2 * limits.window())) {
      return;
    }
    double accuracy = mean(ACCURACY);
    if (accuracy <= limits.chanceAccuracy()) {
      atChance(step, "", accuracy);
    }
    Window losses = windows.get("loss");
    if (losses == null || !losses.isFull()) {
      return;
    }
    double first = firstLosses / limits.window();
    double loss = losses.mean();
    double still = limits.minLossChange() * Math.abs(first);
    // Where batches scatter by more, standing still can't be told from passing an earlier mean.
    if (mean(WEIGHT) > UNLEARNT && Math.abs(loss - first) <= still && losses.error() <= still) {
      raise(
          Kind.LOSS_NOT_MOVING,
          step,
          ImmutableMap.of("loss", loss, "first", first),
          "Raise the learning rate, ten-fold to begin with; check that chosen and rejected do differ, and that"
              + " preferences do not contradict each other",
          "the loss is %.4f after %d steps, and it was %.4f over the first %d",
          loss,
          step,
          first,
          limits.window());
    }
  }

  private void atChance(int step, String which, double accuracy) {
    raise(
        Kind.ACCURACY_AT_CHANCE,
        step,
        ImmutableMap.of("accuracy", accuracy),
        "Check that chosen and rejected are not mixed up and that preferences do not contradict each other; if"
            + " the loss does not move either, raise the learning rate",
        "only %.0f %% of the %spairs are in order after %d steps, and a coin gives 50 %%",
        100 * accuracy,
        which,
        step);
  }

  /**
   * Held-out data was evaluated.
   *
   * @param step the last step before it
   * @param metrics {@code eval_…}
   */
  public void evaluation(int step, Metrics metrics) {
    String ratio = "eval_" + CHOSEN_RATIO;
    String plain = "eval_" + CHOSEN;
    if (metrics.has(ratio) || metrics.has(plain)) {
      double now = metrics.get(metrics.has(ratio) ? ratio : plain);
      // A log-ratio is 0 where training starts; a log-prob can only be compared with an earlier
      // one.
      if (Double.isNaN(firstHeldOutChosen)) {
        firstHeldOutChosen = metrics.has(ratio) ? 0.0 : now;
      }
      double first = firstHeldOutChosen;
      if (first - now >= limits.chosenFall()) {
        chosenFalls(step, "held-out ", (now - first) / step, first - now, step + " steps");
      }
    }
    String accuracy = "eval_" + ACCURACY;
    if (steps >= limits.patience()
        && metrics.has(accuracy)
        && metrics.get(accuracy) <= limits.chanceAccuracy()) {
      atChance(step, "held-out ", metrics.get(accuracy));
    }
  }

  /** Over a full window; NaN, which no comparison holds of, before. */
  private double mean(String metric) {
    Window window = windows.get(metric);
    return window == null || !window.isFull() ? Double.NaN : window.mean();
  }

  @FormatMethod
  private void raise(
      Kind kind,
      int step,
      ImmutableMap<String, Double> numbers,
      String advice,
      @FormatString String message,
      Object... arguments) {
    if (raised.add(kind)) {
      alarms.add(
          new Alarm(kind, step, String.format(Locale.ROOT, message, arguments), advice, numbers));
    }
  }
}
