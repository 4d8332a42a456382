package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.text;

import com.google.common.base.CharMatcher;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dpo4j.api.files.OwnFile;
import org.jspecify.annotations.Nullable;

/**
 * A run as a page of HTML that needs nothing else: no network, no script. Alarms, curves, what
 * became of the pairs, samples if there are any, and facts.
 */
public final class RunReport {

  private static final String EVALUATION = "eval_";

  /** What is drawn together, and how to read it. */
  private record Group(String title, String hint, List<String> metrics) {}

  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "Loss",
              "Falls if the policy learns what it is trained on; what it does on held-out data counts.",
              List.of("loss")),
          new Group(
              "Log-prob of completions",
              "The chosen should not fall: if both fall and the gap grows, the policy learns what not to say.",
              List.of("logps/chosen", "logps/rejected", "logps/completion")),
          new Group(
              "Log-ratio to the reference",
              "How far the policy has moved from the reference on each side, and the gap that the loss widens.",
              List.of("logratios/chosen", "logratios/rejected", "logratios/gap")),
          new Group(
              "Implicit reward",
              "β times the log-ratio. A margin that goes on growing is a policy that goes on drifting.",
              List.of("rewards/chosen", "rewards/rejected", "rewards/margins")),
          new Group(
              "Accuracy",
              "The share of pairs whose chosen completion has the higher implicit reward; a half is chance.",
              List.of("rewards/accuracies")),
          new Group(
              "Drift on this data",
              "Σ k3 over tokens of the log-ratio: how far the policy has moved; not the KL, for which it would have to write.",
              List.of("kl/chosen", "kl/rejected")),
          new Group(
              "Gradient weight",
              "How much a pair still pulls: a half at the start, near 0 once the pairs are learnt.",
              List.of("gradient_weight")),
          new Group(
              "The reference's own accuracy",
              "The share of pairs that the reference has in the right order before any training, per token. Near 1 there"
                  + " is little to learn.",
              List.of("reference_accuracies")),
          new Group("Gradient norm", "Before clipping.", List.of("grad_norm")),
          new Group("Learning rate", "The schedule.", List.of("learning_rate")));

  private static final Set<String> NOT_DRAWN = Set.of("epoch", "num_tokens", "skipped_steps");

  private final Path directory;
  private final MetricsLog metrics;

  private RunReport(Path directory) {
    this.directory = directory;
    this.metrics = new MetricsLog(directory.resolve("metrics.jsonl"));
  }

  /**
   * A report to be drawn more than once, while the run goes on.
   *
   * @param directory the run's; nothing is read yet
   * @return the report
   */
  public static RunReport of(Path directory) {
    return new RunReport(directory);
  }

  /**
   * Draws the run as it is now. Of the metrics only those are read that have come since the last
   * time, and the means of neighbouring steps are kept where there are more than 4,096, so that
   * this costs the same after a hundred steps and after a hundred thousand.
   *
   * @return the page
   * @throws IllegalArgumentException if it is no run's directory, or its metrics are damaged; the
   *     message names file and line. Damaged lines of what else is drawn are left out, with a
   *     warning
   * @throws UncheckedIOException if it can't be read
   */
  public String html() {
    RunLog run = RunLog.read(directory, metrics);
    String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
    StringBuilder page = new StringBuilder();
    page.append(Page.beginning(name)).append("<p>").append(text(outcome(run))).append("</p>\n");
    alarms(run, page);
    charts(run, page);
    pairs(run, page);
    samples(run, page);
    facts(run, page);
    lastValues(run, page);
    return page.append(Page.END).toString();
  }

  /**
   * Draws a run once, whether it has ended or not.
   *
   * @param directory the run's; with {@code run.json}, and {@code metrics.jsonl} if there was a
   *     step
   * @return the page
   * @throws IllegalArgumentException as {@link #html()} does
   * @throws UncheckedIOException if it can't be read
   */
  public static String html(Path directory) {
    return of(directory).html();
  }

  /**
   * Draws a run into {@code report.html} in its directory.
   *
   * @param directory as {@link #html(Path)} takes it
   * @return the page's file; a link that was there is replaced
   * @throws IllegalArgumentException as {@link #html()} does
   * @throws UncheckedIOException if it can't be read or written
   */
  @CanIgnoreReturnValue
  public static Path write(Path directory) {
    Path page = directory.resolve("report.html");
    replace(page, html(directory));
    return page;
  }

  /**
   * Puts samples into a run's directory, as {@code samples.jsonl}, and draws the run with them.
   *
   * @param directory as {@link #html(Path)} takes it
   * @param samples those of one prompt in a row
   * @return the page's file
   * @throws IllegalArgumentException as {@link #html()} does
   * @throws UncheckedIOException if it can't be read or written
   */
  @CanIgnoreReturnValue
  public static Path write(Path directory, List<Sample> samples) {
    StringBuilder lines = new StringBuilder();
    for (Sample sample : samples) {
      JsonObject line = new JsonObject();
      line.addProperty("when", sample.when());
      line.addProperty("prompt", sample.prompt());
      line.addProperty("completion", sample.completion());
      lines.append(line).append('\n');
    }
    replace(directory.resolve(RunLog.SAMPLES), lines.toString());
    return write(directory);
  }

  private static void replace(Path file, String content) {
    try {
      OwnFile.replace(file, content.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }

  private static String outcome(RunLog run) {
    return String.format(
        Locale.ROOT,
        "%d steps in %s%s, %s.",
        run.steps(),
        duration(run.seconds()),
        run.skipped() == 0 ? "" : ", " + run.skipped() + " of them skipped",
        run.stopped()
            .map(reason -> "ended: " + reason.toLowerCase(Locale.ROOT).replace('_', ' '))
            .orElse("not ended yet, or interrupted"));
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 120
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60);
  }

  private static void charts(RunLog run, StringBuilder page) {
    Set<String> left = plainNames(run);
    left.removeAll(NOT_DRAWN);
    page.append("<section class=\"charts\">\n");
    for (Group group : GROUPS) {
      draw(run, group, page);
      group.metrics().forEach(left::remove);
    }
    left.forEach(metric -> draw(run, new Group(metric, "", List.of(metric)), page));
    page.append("</section>\n");
  }

  private static void draw(RunLog run, Group group, StringBuilder page) {
    List<Chart.Curve> curves = new ArrayList<>();
    for (int i = 0; i < group.metrics().size(); i++) {
      String metric = group.metrics().get(i);
      String label = metric.substring(metric.indexOf('/') + 1).replace('_', ' ');
      Series train = run.series().get(metric);
      if (train != null) {
        curves.add(new Chart.Curve(label, i, false, train));
      }
      Series heldOut = run.series().get(EVALUATION + metric);
      if (heldOut != null) {
        curves.add(new Chart.Curve(label + ", held out", i, true, heldOut));
      }
    }
    if (!curves.isEmpty()) {
      page.append(new Chart(group.title(), group.hint(), curves).html());
    }
  }

  private static void alarms(RunLog run, StringBuilder page) {
    for (RunLog.Warning alarm : run.alarms()) {
      page.append("<div class=\"alarm\"><b>")
          .append(text(alarm.kind().replace('_', ' ')))
          .append("</b> ")
          .append(alarm.step() == 0 ? "before the first step" : "at step " + alarm.step())
          .append(": ")
          .append(text(alarm.message()))
          .append(".<p>")
          .append(text(alarm.advice()))
          .append(".</p></div>\n");
    }
  }

  private static void pairs(RunLog run, StringBuilder page) {
    if (!run.pairs().isEmpty()) {
      page.append("<h2>Pairs</h2>\n<section class=\"charts\">\n")
          .append(Pairs.of("held out", run.pairs().stream().filter(Pairs.Row::heldOut)).html())
          .append(
              Pairs.of("the last learnt", run.pairs().stream().filter(row -> !row.heldOut()))
                  .html())
          .append("</section>\n");
    }
  }

  private static void samples(RunLog run, StringBuilder page) {
    if (run.samples().isEmpty()) {
      return;
    }
    page.append("<h2>Samples</h2>\n");
    String prompt = "";
    for (Sample sample : run.samples()) {
      if (!sample.prompt().equals(prompt)) {
        prompt = sample.prompt();
        page.append("<h3>").append(shown(prompt)).append("</h3>\n");
      }
      page.append("<div class=\"sample\"><b>")
          .append(text(sample.when()))
          .append("</b><blockquote>")
          .append(shown(sample.completion()))
          .append("</blockquote></div>\n");
    }
  }

  /** Line breaks are kept, but for blank lines before and after, which are gaps and no text. */
  private static String shown(String sample) {
    int first = CharMatcher.whitespace().negate().indexIn(sample);
    return first < 0
        ? ""
        : text(sample.substring(sample.lastIndexOf('\n', first) + 1).stripTrailing());
  }

  private static void facts(RunLog run, StringBuilder page) {
    page.append("<h2>Configuration</h2>\n<table>\n");
    rows("", run.configuration(), page);
    page.append("</table>\n");
  }

  private static void lastValues(RunLog run, StringBuilder page) {
    page.append("<h2>Last values</h2>\n<table class=\"values\">\n")
        .append("<tr><th></th><th>training</th><th>held out</th></tr>\n");
    for (String metric : plainNames(run)) {
      // Where a name may be broken on a narrow page.
      page.append("<tr><th>")
          .append(text(metric).replaceAll("[/_]", "$0<wbr>"))
          .append("</th><td>")
          .append(last(run.lastValues().get(metric)))
          .append("</td><td>")
          .append(last(run.lastValues().get(EVALUATION + metric)))
          .append("</td></tr>\n");
    }
    page.append("</table>\n");
  }

  private static String last(@Nullable Double value) {
    return value == null ? "" : text(number(value));
  }

  /** Of training and evaluation alike. */
  private static Set<String> plainNames(RunLog run) {
    Set<String> names = new LinkedHashSet<>();
    for (String metric : run.series().keySet()) {
      names.add(metric.startsWith(EVALUATION) ? metric.substring(EVALUATION.length()) : metric);
    }
    return names;
  }

  private static void rows(String prefix, JsonObject json, StringBuilder page) {
    for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
      String name = prefix + entry.getKey().replace('_', ' ');
      JsonElement value = entry.getValue();
      if (value.isJsonObject()) {
        rows(name + " › ", value.getAsJsonObject(), page);
      } else {
        row(name, plain(value), page);
      }
    }
  }

  private static String plain(JsonElement value) {
    if (value.isJsonNull() || (value.isJsonArray() && value.getAsJsonArray().isEmpty())) {
      return "none";
    }
    return value.isJsonPrimitive() ? value.getAsString() : value.toString();
  }

  private static void row(String name, String value, StringBuilder page) {
    page.append("<tr><th>")
        .append(text(name))
        .append("</th><td>")
        .append(text(value))
        .append("</td></tr>\n");
  }
}
