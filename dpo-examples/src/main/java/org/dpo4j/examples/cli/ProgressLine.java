package org.dpo4j.examples.cli;

import com.google.common.base.Strings;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.dpo4j.api.SkippedStep;
import org.dpo4j.api.StepZero;
import org.dpo4j.api.TrainingListener;
import org.dpo4j.api.TrainingStep;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.batch.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * How a run goes, on standard error: a bar that is drawn again on a terminal, a line a step (at
 * most one a few seconds) elsewhere.
 */
final class ProgressLine implements TrainingListener {

  private static final int BAR = 20;
  private static final long BETWEEN_LINES = 5_000_000_000L;

  /** How much of the past the direction of the chosen log-prob is compared with. */
  private static final double MEMORY = 0.9;

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private long begin;
  private long lastLine;
  private int firstStep;
  private double firstTokens;
  private double chosenBefore = Double.NaN;
  private int widest;
  private volatile @Nullable TrainingStep last;

  ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
    this.err = err;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /** On a terminal if the script that started this says so. */
  static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, Boolean.getBoolean("dpo.terminal"), System::nanoTime);
  }

  @Override
  public void onStep(TrainingStep step) {
    last = step;
    long now = nanoTime.getAsLong();
    String speed = "";
    if (firstStep == 0) {
      // The first step warms up, and what came before a resumed one was in another process.
      firstStep = step.step();
      firstTokens = step.metrics().get("num_tokens");
      begin = now;
    } else {
      double seconds = (now - begin) / 1e9;
      double left = seconds / (step.step() - firstStep) * (step.totalSteps() - step.step());
      speed =
          String.format(
              Locale.ROOT,
              "  %s left  %.0f tokens/s",
              duration(left),
              (step.metrics().get("num_tokens") - firstTokens) / seconds);
    }
    String line = count(step) + speed + values(step.metrics());
    if (terminal) {
      draw(line);
      if (step.step() == step.totalSteps()) {
        close();
      }
    } else if (step.step() == step.totalSteps()
        || step.step() == firstStep
        || now - lastLine >= BETWEEN_LINES) {
      err.println(line);
      lastLine = now;
    }
  }

  private String count(TrainingStep step) {
    String count = String.format(Locale.ROOT, "step %d/%d", step.step(), step.totalSteps());
    if (!terminal) {
      return count;
    }
    int done = (int) ((long) BAR * step.step() / step.totalSteps());
    return Strings.repeat("█", done) + Strings.repeat("░", BAR - done) + " " + count;
  }

  private String values(Metrics metrics) {
    StringBuilder text = new StringBuilder();
    add(text, metrics, "loss", "loss", "%.4f");
    add(text, metrics, "rewards/margins", "margin", "%.3f");
    add(text, metrics, "rewards/accuracies", "accuracy", "%.2f");
    String likely = metrics.names().contains("logps/chosen") ? "logps/chosen" : "logps/completion";
    add(text, metrics, likely, likely.equals("logps/chosen") ? "chosen" : "log-prob", "%.1f");
    if (metrics.names().contains(likely)) {
      text.append(direction(metrics.get(likely)));
    }
    return text.toString();
  }

  private String direction(double chosen) {
    if (Double.isNaN(chosenBefore)) {
      chosenBefore = chosen;
      return "";
    }
    String arrow = chosen > chosenBefore ? "↑" : chosen < chosenBefore ? "↓" : "";
    chosenBefore = MEMORY * chosenBefore + (1 - MEMORY) * chosen;
    return arrow;
  }

  private static void add(
      StringBuilder text, Metrics metrics, String metric, String label, String format) {
    if (metrics.names().contains(metric)) {
      text.append("  ")
          .append(label)
          .append(' ')
          .append(String.format(Locale.ROOT, format, metrics.get(metric)));
    }
  }

  @Override
  public void onEvaluation(TrainingStep step) {
    Metrics metrics = step.metrics();
    StringBuilder text = new StringBuilder("held out after step " + step.step());
    add(text, metrics, "eval_loss", "loss", "%.4f");
    add(text, metrics, "eval_rewards/margins", "margin", "%.3f");
    add(text, metrics, "eval_rewards/accuracies", "accuracy", "%.2f");
    add(text, metrics, "eval_logps/chosen", "chosen", "%.1f");
    add(text, metrics, "eval_logps/rejected", "rejected", "%.1f");
    add(text, metrics, "eval_logps/completion", "log-prob", "%.1f");
    say(text.toString());
  }

  @Override
  public void onSkippedStep(SkippedStep step) {
    say(
        String.format(
            Locale.ROOT,
            "step %d/%d skipped: %s is %s",
            step.step(),
            step.totalSteps(),
            step.quantity(),
            step.value()));
  }

  @Override
  public void onStepZero(StepZero check) {
    say(check.explanation());
  }

  @Override
  public void onAlarm(Alarm alarm) {
    say((alarm.kind().isNote() ? "note: " : "alarm: ") + alarm);
  }

  /** A line that stays. */
  void say(String line) {
    if (terminal && widest > 0) {
      err.print("\r" + Strings.repeat(" ", widest) + "\r");
      widest = 0;
    }
    err.println(line);
  }

  private void draw(String line) {
    err.print("\r" + line + Strings.repeat(" ", Math.max(0, widest - line.length())));
    err.flush();
    widest = line.length();
  }

  /** Does work that this is told of, and ends the bar's line, however that ends. */
  <T> T during(Supplier<T> work) {
    try {
      return Interrupts.finishing(this::ending, work);
    } finally {
      close();
    }
  }

  /** What a run does that is interrupted: a step may take minutes. */
  private String ending() {
    TrainingStep done = last;
    return String.format(
        Locale.ROOT,
        "the run ends after the batch it is in, with a checkpoint%s; go on with --resume; again to end at once,"
            + " without that checkpoint",
        done == null ? "" : " of step " + done.step() + " of " + done.totalSteps());
  }

  private void close() {
    if (terminal && widest > 0) {
      err.println();
      widest = 0;
    }
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : whole < 3600
            ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
            : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
  }
}
