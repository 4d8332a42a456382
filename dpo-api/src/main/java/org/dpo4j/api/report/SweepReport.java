package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.place;
import static org.dpo4j.api.report.Markup.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;

/** A sweep over β and losses as a page that needs nothing else. */
public final class SweepReport {

  /** A setting, as it was written down. */
  private record Outcome(
      String name,
      String run,
      double beta,
      double accuracy,
      double accuracyError,
      double distance,
      double distanceError,
      double gap,
      double margin,
      String alarms,
      boolean recommended) {

    static Outcome of(JsonFields line) {
      try {
        return read(line);
      } catch (OddJsonException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }

    private static Outcome read(JsonFields line) throws OddJsonException {
      double beta = line.number("beta");
      return new Outcome(
          line.text("loss") + ", β = " + beta,
          line.text("run"),
          beta,
          line.number("accuracy"),
          line.number("accuracy_error"),
          line.number(line.has("kl") ? "kl" : "drift"),
          line.has("kl_error") ? line.number("kl_error") : 0.0,
          line.number("gap"),
          line.number("margin"),
          line.text("alarms"),
          line.truth("recommended"));
    }
  }

  private SweepReport() {}

  /**
   * Draws a sweep.
   *
   * @param directory the sweep's, with {@code sweep.jsonl}
   * @param recommendation for a person
   * @return the page
   * @throws IllegalArgumentException if a line of the file is damaged
   * @throws java.io.UncheckedIOException if it can't be read
   */
  public static String html(Path directory, String recommendation) {
    List<JsonFields> lines = RunLog.lines(directory.resolve("sweep.jsonl"));
    List<Outcome> outcomes = lines.stream().map(Outcome::of).toList();
    boolean sampled = lines.stream().allMatch(line -> line.has("kl"));
    String distance = sampled ? "KL(policy || reference), nats" : "drift on held-out pairs, nats";
    StringBuilder page = new StringBuilder();
    page.append(
            Page.beginning(String.valueOf(directory.toAbsolutePath().normalize().getFileName())))
        .append("<p class=\"alarm\"><b>Recommended</b> ")
        .append(text(recommendation))
        .append(".</p>\n<section class=\"charts\">\n")
        .append(
            picture(
                "Accuracy against distance",
                distance,
                "Held-out pairs in order, with one standard error; numbers are the table's. Up is better, left is nearer to the reference: the"
                    + " settings on the upper left edge are worth choosing from.",
                outcomes,
                Outcome::accuracy,
                Outcome::accuracyError))
        .append(
            picture(
                "Log-ratio gap against distance",
                distance,
                "How far apart the policy has moved chosen and rejected, in nats: the reward without β, which alone can"
                    + " be compared between settings.",
                outcomes,
                Outcome::gap,
                outcome -> 0.0))
        .append("</section>\n")
        .append(table(outcomes, distance));
    return page.append(Page.END).toString();
  }

  private static String picture(
      String title,
      String across,
      String hint,
      List<Outcome> all,
      ToDoubleFunction<Outcome> value,
      ToDoubleFunction<Outcome> error) {
    List<Outcome> outcomes =
        all.stream()
            .filter(
                it -> Double.isFinite(it.distance()) && Double.isFinite(value.applyAsDouble(it)))
            .toList();
    List<Double> xs = new ArrayList<>(List.of(0.0));
    List<Double> ys = new ArrayList<>();
    for (Outcome it : outcomes) {
      double spread = Double.isFinite(it.distanceError()) ? it.distanceError() : 0;
      xs.add(it.distance() - spread);
      xs.add(1.15 * (it.distance() + spread));
      ys.add(value.applyAsDouble(it) - error.applyAsDouble(it));
      ys.add(value.applyAsDouble(it) + error.applyAsDouble(it));
    }
    Frame frame =
        Frame.around(
            xs.stream().mapToDouble(Double::doubleValue).toArray(),
            ys.stream().mapToDouble(Double::doubleValue).toArray());
    StringBuilder inside = new StringBuilder();
    for (Outcome it : outcomes) {
      int setting = all.indexOf(it) + 1;
      double y = value.applyAsDouble(it);
      double spread = Double.isFinite(it.distanceError()) ? it.distanceError() : 0;
      int colour = it.recommended() ? 2 : 0;
      inside
          .append(
              bar(
                  colour,
                  frame.x(it.distance() - spread),
                  frame.y(y),
                  frame.x(it.distance() + spread),
                  frame.y(y)))
          .append(
              bar(
                  colour,
                  frame.x(it.distance()),
                  frame.y(y - error.applyAsDouble(it)),
                  frame.x(it.distance()),
                  frame.y(y + error.applyAsDouble(it))))
          .append(
              String.format(
                  Locale.ROOT,
                  "<circle class=\"c%d\" cx=\"%s\" cy=\"%s\" r=\"%s\"><title>%s</title></circle>"
                      + "<text x=\"%s\" y=\"%s\">%d</text>",
                  colour,
                  place(frame.x(it.distance())),
                  place(frame.y(y)),
                  it.recommended() ? "5.5" : "3.5",
                  text(it.name()),
                  place(frame.x(it.distance()) + 7),
                  place(frame.y(y) - 6),
                  setting));
    }
    return String.format(
        Locale.ROOT,
        "<figure><figcaption><b>%s</b></figcaption>%s<p>%s</p></figure>%n",
        text(title),
        frame.svg(title, across, inside.toString()),
        text(hint));
  }

  private static String bar(int colour, double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<polyline class=\"c%d\" points=\"%s,%s %s,%s\"/>",
        colour,
        place(x1),
        place(y1),
        place(x2),
        place(y2));
  }

  private static String table(List<Outcome> outcomes, String distance) {
    StringBuilder table = new StringBuilder();
    table
        .append(
            "<h2>Settings</h2>\n<div class=\"wide\"><table>\n<tr><th></th><th>setting</th><th>accuracy</th><th>")
        .append(text(distance))
        .append("</th><th>gap, nats</th><th>reward margin</th><th>alarms</th></tr>\n");
    int number = 1;
    for (Outcome it : outcomes) {
      table.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%d</td><td><a href=\"%s/report.html\">%s</a>%s</td><td>%s ± %s</td><td>%s%s</td><td>%s</td>"
                  + "<td>%s</td><td>%s</td></tr>%n",
              number++,
              text(it.run()),
              text(it.name()),
              it.recommended() ? " ✓" : "",
              number(it.accuracy()),
              number(it.accuracyError()),
              number(it.distance()),
              it.distanceError() > 0 ? " ± " + number(it.distanceError()) : "",
              number(it.gap()),
              number(it.margin()),
              text(it.alarms().replace('_', ' '))));
    }
    return table.append("</table></div>\n").toString();
  }
}
