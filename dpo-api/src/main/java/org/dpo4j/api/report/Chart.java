package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.place;
import static org.dpo4j.api.report.Markup.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

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

  private static final double WIDTH = 460;
  private static final double HEIGHT = 220;
  private static final double LEFT = 58;
  private static final double RIGHT = 12;
  private static final double TOP = 10;
  private static final double BOTTOM = 26;
  private static final int MOST_POINTS = 300;

  /** The chart with its title, legend and hint; curves without a finite value are left out. */
  String html() {
    List<Curve> drawn = new ArrayList<>();
    for (Curve curve : curves) {
      Series finite = curve.series().finite().thinned(MOST_POINTS);
      if (!finite.points().isEmpty()) {
        drawn.add(new Curve(curve.label(), curve.colour(), curve.heldOut(), finite));
      }
    }
    StringBuilder html = new StringBuilder();
    html.append("<figure><figcaption><b>").append(text(title)).append("</b>");
    for (Curve curve : drawn) {
      html.append(
          String.format(
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
    Frame frame = Frame.around(drawn);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">",
            number(WIDTH), number(HEIGHT), text(title)));
    for (double tick : frame.ticks()) {
      svg.append(
          String.format(
              "<line class=\"grid\" x1=\"%1$s\" x2=\"%2$s\" y1=\"%3$s\" y2=\"%3$s\"/>"
                  + "<text x=\"%4$s\" y=\"%5$s\" text-anchor=\"end\">%6$s</text>",
              place(LEFT),
              place(WIDTH - RIGHT),
              place(frame.y(tick)),
              place(LEFT - 6),
              place(frame.y(tick) + 4),
              number(tick)));
    }
    svg.append(
        String.format(
            "<text x=\"%1$s\" y=\"%3$s\">%2$s</text>"
                + "<text x=\"%4$s\" y=\"%3$s\" text-anchor=\"end\">step %5$s</text>",
            place(LEFT),
            number(frame.firstStep()),
            place(HEIGHT - 8),
            place(WIDTH - RIGHT),
            number(frame.lastStep())));
    drawn.forEach(curve -> svg.append(line(curve, frame)));
    return svg.append("</svg>").toString();
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
                "<circle class=\"c%d\" cx=\"%s\" cy=\"%s\" r=\"3\"><title>step %d: %s</title></circle>",
                curve.colour(), x, y, point.step(), number(point.value())));
      }
    }
    return String.format(
        "<polyline class=\"c%d%s\" points=\"%s\"/>%s",
        curve.colour(), curve.heldOut() ? " held" : "", points.toString().strip(), dots);
  }

  /** From steps and values to places. */
  private record Frame(double firstStep, double lastStep, double low, double high) {

    static Frame around(List<Curve> curves) {
      double[] steps =
          curves.stream()
              .flatMap(curve -> curve.series().points().stream())
              .mapToDouble(Series.Point::step)
              .toArray();
      double[] values =
          curves.stream()
              .flatMap(curve -> curve.series().points().stream())
              .mapToDouble(Series.Point::value)
              .toArray();
      double low = DoubleStream.of(values).min().orElse(0);
      double high = DoubleStream.of(values).max().orElse(1);
      double room = high > low ? 0.05 * (high - low) : Math.max(1e-6, 0.05 * Math.abs(high));
      return new Frame(
          DoubleStream.of(steps).min().orElse(0),
          DoubleStream.of(steps).max().orElse(1),
          low - room,
          high + room);
    }

    double x(double step) {
      double share = lastStep > firstStep ? (step - firstStep) / (lastStep - firstStep) : 0.5;
      return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    double y(double value) {
      return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
    }

    /** Three to six round values. */
    List<Double> ticks() {
      double unit = Math.pow(10, Math.floor(Math.log10((high - low) / 3)));
      double step =
          Stream.of(5.0, 2.0, 1.0)
              .map(factor -> factor * unit)
              .filter(size -> (high - low) / size >= 3)
              .findFirst()
              .orElse(unit);
      List<Double> ticks = new ArrayList<>();
      for (double i = Math.ceil(low / step); i * step <= high; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }
  }
}
