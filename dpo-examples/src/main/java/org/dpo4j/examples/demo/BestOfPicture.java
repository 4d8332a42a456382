package org.dpo4j.examples.demo;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.dpo4j.examples.demo.BestOfExperiment.Row;

/**
 * Ground-truth reward over N, with bars of two standard errors; dashed, what was possible.
 *
 * @param rows of both sources
 */
record BestOfPicture(List<Row> rows) {

  private static final double WIDTH = 520;
  private static final double HEIGHT = 300;
  private static final double LEFT = 50;
  private static final double BOTTOM = 40;
  private static final double TOP = 46;
  private static final double HIGHEST = 3.6;
  private static final double LOWEST = -0.4;

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n"
                + "<text x=\"%.0f\" y=\"18\" font-size=\"14\">Best of N by implicit reward:"
                + " ground-truth reward of the answer</text>%n",
            WIDTH,
            HEIGHT,
            LEFT));
    for (int tick = 0; tick <= 3; tick++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$.1f\" y2=\"%3$.1f\" stroke=\"#ddd\"/>"
                  + "<text x=\"%4$.1f\" y=\"%5$.1f\" text-anchor=\"end\">%6$d</text>%n",
              LEFT,
              WIDTH - 20,
              y(tick),
              LEFT - 8,
              y(tick) + 4,
              tick));
    }
    rows.stream()
        .mapToInt(Row::n)
        .distinct()
        .forEach(
            n ->
                svg.append(
                    String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">N = %d</text>%n",
                        x(n),
                        HEIGHT - 16,
                        n)));
    draw(svg, "reference", "#c2571a", 0);
    draw(svg, "policy", "#1a6fc2", 1);
    return svg.append("</svg>\n").toString();
  }

  private void draw(StringBuilder svg, String source, String colour, int place) {
    List<Row> own = rows.stream().filter(row -> row.source().equals(source)).toList();
    line(svg, own, Row::possible, colour, " stroke-dasharray=\"4 4\" opacity=\"0.6\"");
    line(svg, own, Row::reward, colour, "");
    for (Row row : own) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$.1f\" y2=\"%3$.1f\" stroke=\"%4$s\"/>"
                  + "<circle cx=\"%1$.1f\" cy=\"%5$.1f\" r=\"4\" fill=\"%4$s\"/>%n",
              x(row.n()),
              y(row.reward() - 2 * row.error()),
              y(row.reward() + 2 * row.error()),
              colour,
              y(row.reward())));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.0f\" y=\"36\" fill=\"%s\">● drawn from the %s (dashed: best possible)</text>%n",
            LEFT + 235 * place,
            colour,
            source));
  }

  private static void line(
      StringBuilder svg, List<Row> rows, ToDoubleFunction<Row> value, String colour, String style) {
    svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"").append(colour).append('"');
    svg.append(style).append(" points=\"");
    for (Row row : rows) {
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(row.n()), y(value.applyAsDouble(row))));
    }
    svg.append("\"/>\n");
  }

  /** N on a logarithmic axis. */
  private static double x(int n) {
    return LEFT + 30 + Math.log(n) / Math.log(16) * (WIDTH - LEFT - 90);
  }

  private static double y(double reward) {
    return TOP + (HIGHEST - reward) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM);
  }
}
