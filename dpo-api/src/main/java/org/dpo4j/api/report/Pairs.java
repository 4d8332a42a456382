package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.number;
import static org.dpo4j.api.report.Markup.place;
import static org.dpo4j.api.report.Markup.text;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Doubles;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Pairs of a run, each with what the policy made of it, as pictures.
 *
 * @param name which pairs
 * @param rows with finite rewards only
 */
record Pairs(String name, ImmutableList<Row> rows) {

  /**
   * A pair.
   *
   * @param heldOut whether it was evaluated, and not learnt
   * @param chosen its implicit reward
   * @param rejected likewise
   * @param surplus tokens of the chosen completion beyond the rejected one's
   */
  record Row(boolean heldOut, double chosen, double rejected, int surplus) {

    double margin() {
      return chosen - rejected;
    }
  }

  private static final int BARS = 30;
  private static final int GROUPS = 8;
  private static final int FEWEST = 5;
  private static final int MOST_DOTS = 600;
  private static final double LARGEST = 1e150; // squares of it are finite

  static Pairs of(String name, Stream<Row> rows) {
    return new Pairs(
        name,
        rows.filter(row -> isDrawable(row.chosen()) && isDrawable(row.rejected()))
            .collect(ImmutableList.toImmutableList()));
  }

  private static boolean isDrawable(double reward) {
    return Math.abs(reward) <= LARGEST;
  }

  /** All pictures; none of no pairs. */
  String html() {
    return rows.isEmpty()
        ? ""
        : rewards() + (rows.size() < FEWEST ? "" : calibration() + lengths());
  }

  /** How the rewards of both sides are distributed. */
  private String rewards() {
    double[] chosen = rows.stream().mapToDouble(Row::chosen).toArray();
    double[] rejected = rows.stream().mapToDouble(Row::rejected).toArray();
    double least = Math.min(Doubles.min(chosen), Doubles.min(rejected));
    double most = Math.max(Doubles.max(chosen), Doubles.max(rejected));
    double width = most > least ? (most - least) / BARS : 1;
    int[] chosenBars = bars(chosen, least, width);
    int[] rejectedBars = bars(rejected, least, width);
    int highest =
        Math.max(
            Arrays.stream(chosenBars).max().orElse(1), Arrays.stream(rejectedBars).max().orElse(1));
    Frame frame = new Frame(least, least + BARS * width, 0, 1.05 * highest);
    String title = "Rewards, " + name;
    return figure(
        title,
        key(0, "chosen") + key(1, "rejected"),
        frame.svg(
            title,
            "reward",
            drawn(frame, chosenBars, least, width, 0)
                + drawn(frame, rejectedBars, least, width, 1)),
        String.format(
            Locale.ROOT,
            "Implicit rewards of %d pairs, how many each. Where the two lie on each other, nothing is told apart;"
                + " where both are below 0, the policy finds both less likely than the reference does.",
            rows.size()));
  }

  private static int[] bars(double[] values, double least, double width) {
    int[] counts = new int[BARS];
    for (double value : values) {
      counts[Math.min(BARS - 1, (int) ((value - least) / width))]++;
    }
    return counts;
  }

  private static String drawn(Frame frame, int[] counts, double least, double width, int colour) {
    StringBuilder bars = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        double from = frame.x(least + i * width);
        bars.append(
            String.format(
                Locale.ROOT,
                "<rect class=\"c%d\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>",
                colour,
                place(from),
                place(frame.y(counts[i])),
                place(frame.x(least + (i + 1) * width) - from),
                place(frame.y(0) - frame.y(counts[i]))));
      }
    }
    return bars.toString();
  }

  /** Whether pairs with a larger margin are right more often. */
  private String calibration() {
    List<Row> bySize =
        rows.stream().sorted(Comparator.comparingDouble(row -> Math.abs(row.margin()))).toList();
    int groups = Math.max(1, Math.min(GROUPS, bySize.size() / FEWEST));
    double[] sizes = new double[groups];
    double[] accuracies = new double[groups];
    for (int i = 0; i < groups; i++) {
      List<Row> group =
          bySize.subList(i * bySize.size() / groups, (i + 1) * bySize.size() / groups);
      sizes[i] = group.stream().mapToDouble(row -> Math.abs(row.margin())).average().orElse(0);
      accuracies[i] = group.stream().mapToInt(row -> row.margin() > 0 ? 1 : 0).average().orElse(0);
    }
    double widest = Math.max(1e-6, sizes[groups - 1]);
    Frame frame = new Frame(0, widest, Math.min(0.45, Doubles.min(accuracies) - 0.05), 1.05);
    StringBuilder said = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i <= 40; i++) {
      double margin = widest * i / 40;
      said.append(place(frame.x(margin)))
          .append(',')
          .append(place(frame.y(1 / (1 + Math.exp(-margin)))))
          .append(' ');
    }
    for (int i = 0; i < groups; i++) {
      dots.append(dot(frame, sizes[i], accuracies[i], 3.5));
    }
    String title = "Accuracy against margin, " + name;
    return figure(
        title,
        key(0, "in order"),
        frame.svg(
            title,
            "|margin|",
            String.format(Locale.ROOT, "<polyline class=\"faint\" points=\"%s\"/>%s", said, dots)),
        "Pairs grouped by the size of their margin, and the share of each group that is in order. The line is what"
            + " the margins themselves say, σ(|margin|); dots below it are rewards surer than they are right.");
  }

  /** Whether margins come from length. */
  private String lengths() {
    double[] surplus = rows.stream().mapToDouble(Row::surplus).toArray();
    double[] margins = rows.stream().mapToDouble(Row::margin).toArray();
    double meanX = DoubleStream.of(surplus).average().orElse(0);
    double meanY = DoubleStream.of(margins).average().orElse(0);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < surplus.length; i++) {
      xx += (surplus[i] - meanX) * (surplus[i] - meanX);
      xy += (surplus[i] - meanX) * (margins[i] - meanY);
      yy += (margins[i] - meanY) * (margins[i] - meanY);
    }
    Frame frame = Frame.around(surplus, margins);
    StringBuilder inside = new StringBuilder();
    int every = (surplus.length + MOST_DOTS - 1) / MOST_DOTS;
    for (int i = 0; i < surplus.length; i += every) {
      inside.append(dot(frame, surplus[i], margins[i], 1.8));
    }
    String title = "Margin against length, " + name;
    String found = "The chosen and rejected completions are equally long, or the margins equal.";
    if (xx > 0 && yy > 0) {
      double slope = xy / xx;
      inside.append(
          String.format(
              Locale.ROOT,
              "<polyline class=\"c1\" points=\"%s,%s %s,%s\"/>",
              place(frame.x(frame.left())),
              place(frame.y(meanY + slope * (frame.left() - meanX))),
              place(frame.x(frame.right())),
              place(frame.y(meanY + slope * (frame.right() - meanX)))));
      found =
          String.format(
              Locale.ROOT,
              "Correlation %s. Far from 0, the policy has learnt length, more than what the pairs are about.",
              number(xy / Math.sqrt(xx * yy)));
    }
    return figure(
        title,
        key(0, "a pair"),
        frame.svg(title, "tokens the chosen is longer:", inside.toString()),
        found);
  }

  private static String dot(Frame frame, double x, double y, double radius) {
    return String.format(
        Locale.ROOT,
        "<circle class=\"c0\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>",
        place(frame.x(x)),
        place(frame.y(y)),
        place(radius));
  }

  private static String key(int colour, String label) {
    return String.format(Locale.ROOT, "<span class=\"key c%d\">%s</span>", colour, text(label));
  }

  private static String figure(String title, String keys, String svg, String hint) {
    return String.format(
        Locale.ROOT,
        "<figure><figcaption><b>%s</b>%s</figcaption>%s<p>%s</p></figure>%n",
        text(title),
        keys,
        svg,
        text(hint));
  }
}
