package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.place;
import static org.dpo4j.api.report.Markup.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * From values to places in a drawing.
 *
 * @param left the least value across
 * @param right the greatest
 * @param low the least value upwards
 * @param high the greatest
 */
record Frame(double left, double right, double low, double high) {

  private static final double WIDTH = 460;
  private static final double HEIGHT = 220;
  private static final double LEFT = 66; // the widest label is like -0.005000
  private static final double RIGHT = 12;
  private static final double TOP = 10;
  private static final double BOTTOM = 26;
  private static final double FLAT = 1e-4;

  /** As wide as the values, and a little higher. */
  static Frame around(double[] across, double[] upwards) {
    double low = DoubleStream.of(upwards).min().orElse(0);
    double high = DoubleStream.of(upwards).max().orElse(1);
    double size = Math.max(Math.abs(low), Math.abs(high));
    // What differs in no digit that is shown is drawn flat.
    double room = high - low > FLAT * size ? 0.05 * (high - low) : Math.max(1e-6, 0.05 * size);
    return new Frame(
        DoubleStream.of(across).min().orElse(0),
        DoubleStream.of(across).max().orElse(1),
        low - room,
        high + room);
  }

  double x(double value) {
    double share = right > left ? (value - left) / (right - left) : 0.5;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  double y(double value) {
    return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }

  /** Three to six round values. */
  private List<Double> ticks() {
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

  /**
   * A drawing with its scales.
   *
   * @param title for those who can't see it
   * @param across what goes across
   * @param inside what is drawn
   */
  String svg(String title, String across, String inside) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">",
            number(WIDTH),
            number(HEIGHT),
            text(title)));
    for (double tick : ticks()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%1$s\" x2=\"%2$s\" y1=\"%3$s\" y2=\"%3$s\"/>"
                  + "<text x=\"%4$s\" y=\"%5$s\" text-anchor=\"end\">%6$s</text>",
              place(LEFT),
              place(WIDTH - RIGHT),
              place(y(tick)),
              place(LEFT - 6),
              place(y(tick) + 4),
              number(tick)));
    }
    return svg.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%1$s\" y=\"%3$s\">%2$s</text>"
                    + "<text x=\"%4$s\" y=\"%3$s\" text-anchor=\"end\">%5$s %6$s</text>",
                place(LEFT),
                number(left),
                place(HEIGHT - 8),
                place(WIDTH - RIGHT),
                text(across),
                number(right)))
        .append(inside)
        .append("</svg>")
        .toString();
  }
}
