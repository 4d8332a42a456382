package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.place;
import static org.dpo4j.api.report.Markup.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Curves over the steps of a run, as SVG in a page. Colours are the page's, so that they follow its
 * dark mode.
 *
 * @param title what is drawn
 * @param hint how to read it
 * @param curves one or more, drawn in one frame
 */
record Chart(String title, String hint, List<Curve> curves) {

  /**
   * A line.
   *
   * @param label in the legend
   * @param colour which of the page's colours, from 0
   * @param heldOut whether it is of held-out data: dashed, with dots
   * @param series what it shows
   */
  record Curve(String label, int colour, boolean heldOut, Series series) {}

  private static final int MOST_POINTS = 300;

  /** The chart with its title, legend and hint; curves without a finite value are left out. */
  String html() {
    List<Curve> drawn = new ArrayList<>();
    for (Curve curve : curves) {
      Series thinned = curve.series().thinned(MOST_POINTS);
      if (!thinned.points().isEmpty()) {
        drawn.add(new Curve(curve.label(), curve.colour(), curve.heldOut(), thinned));
      }
    }
    StringBuilder html = new StringBuilder();
    html.append("<figure><figcaption><b>").append(text(title)).append("</b>");
    for (Curve curve : drawn) {
      html.append(
          String.format(
              Locale.ROOT,
              "<span class=\"key c%d%s\">%s %s</span>",
              curve.colour(),
              curve.heldOut() ? " held" : "",
              text(curve.label()),
              number(curve.series().last())));
    }
    html.append("</figcaption>");
    if (drawn.isEmpty()) {
      html.append("<p>No finite value.</p>");
    } else {
      html.append(svg(drawn));
    }
    return html.append("<p>").append(text(hint)).append("</p></figure>\n").toString();
  }

  private String svg(List<Curve> drawn) {
    Frame frame =
        Frame.around(
            drawn.stream()
                .flatMap(curve -> curve.series().points().stream())
                .mapToDouble(Series.Point::step)
                .toArray(),
            drawn.stream()
                .flatMap(curve -> curve.series().points().stream())
                .mapToDouble(Series.Point::value)
                .toArray());
    StringBuilder inside = new StringBuilder();
    drawn.forEach(curve -> inside.append(line(curve, frame)));
    return frame.svg(title, "step", inside.toString());
  }

  private static String line(Curve curve, Frame frame) {
    StringBuilder points = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    boolean alone = curve.series().points().size() == 1;
    for (Series.Point point : curve.series().points()) {
      String x = place(frame.x(point.step()));
      String y = place(frame.y(point.value()));
      points.append(x).append(',').append(y).append(' ');
      if (curve.heldOut() || alone) {
        dots.append(
            String.format(
                Locale.ROOT,
                "<circle class=\"c%d\" cx=\"%s\" cy=\"%s\" r=\"3\"><title>step %d: %s</title></circle>",
                curve.colour(),
                x,
                y,
                point.step(),
                number(point.value())));
      }
    }
    return String.format(
        Locale.ROOT,
        "<polyline class=\"c%d%s\" points=\"%s\"/>%s",
        curve.colour(),
        curve.heldOut() ? " held" : "",
        points.toString().strip(),
        dots);
  }
}
