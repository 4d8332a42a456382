package org.dpo4j.api.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("language")
class RunReportTest {

  private @TempDir Path root;
  private Path run;

  @BeforeEach
  void aRunOfThreeSteps() throws IOException {
    run = Files.createDirectory(root.resolve("first <run>"));
    Files.writeString(
        run.resolve("run.json"),
        """
        {"policy":{"type":"<script>alert(1)</script>"},"seed":42}""");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        """
        {"step":1,"loss":0.7,"logps/chosen":-10,"logps/rejected":-11,"grad_norm":"NaN","time":1.5}
        {"step":2,"skipped":"loss","value":"NaN","examples":["a"],"time":2}
        {"step":3,"loss":0.5,"logps/chosen":-9,"logps/rejected":-13,"grad_norm":2,"epoch":1,"time":250}
        {"step":3,"eval_loss":0.6,"eval_entropy":3.25,"time":250}
        """);
  }

  @Test
  void saysHowFarTheRunHasCome() {
    assertThat(RunReport.html(run))
        .contains("3 steps in 4 min 10 s, 1 of them skipped, not ended yet, or interrupted.")
        .contains("<title>first &lt;run&gt;</title>");
  }

  @Test
  void saysWhyTheRunEnded() throws IOException {
    Files.createDirectory(run.resolve("final"));
    Files.writeString(
        run.resolve("final/checkpoint.json"),
        """
        {"manifest":{"about":{"stopped":"EARLY_STOPPED"}}}""");

    assertThat(RunReport.html(run)).contains("ended: early stopped.");
  }

  @Test
  void drawsTrainingAndHeldOutDataInOneFrame() {
    String html = RunReport.html(run);

    assertThat(titles(html))
        .containsExactly("Loss", "Log-prob of completions", "Gradient norm", "entropy");
    assertThat(html)
        .contains("<span class=\"key c0\">loss 0.5000</span>")
        .contains("<span class=\"key c0 held\">loss, held out 0.6000</span>")
        .contains("<title>step 3: 0.6000</title>")
        .contains("<polyline class=\"c0\" points=\"66.0,");
  }

  /** Greater values are drawn higher, which is a smaller y. */
  @Test
  void drawsGreaterValuesHigher() {
    String html = RunReport.html(run);
    MatchResult line =
        Pattern.compile("<polyline class=\"c0\" points=\"66.0,([0-9.]+) 448.0,([0-9.]+)\"/>")
            .matcher(html)
            .results()
            .findFirst()
            .orElseThrow();

    assertThat(Double.parseDouble(line.group(1))).isLessThan(Double.parseDouble(line.group(2)));
  }

  @Test
  void leavesOutWhatCannotBeDrawn() {
    assertThat(RunReport.html(run)).contains("<span class=\"key c0\">grad norm 2</span>");
  }

  @Test
  void tellsTheLastValuesOfTrainingBesideThoseOfEvaluation() {
    assertThat(RunReport.html(run))
        .contains("<tr><th>loss</th><td>0.5000</td><td>0.6000</td></tr>")
        .contains("<tr><th>grad_<wbr>norm</th><td>2</td><td></td></tr>")
        .contains("<tr><th>entropy</th><td></td><td>3.250</td></tr>");
  }

  @Test
  void saysNoneForWhatIsNotSet() throws IOException {
    Files.writeString(run.resolve("run.json"), "{\"early_stopping\":null,\"files\":[]}");

    assertThat(RunReport.html(run))
        .contains("<th>early stopping</th><td>none</td>", "<th>files</th><td>none</td>");
  }

  @Test
  void interpretsNothingOfWhatFilesSay() {
    assertThat(RunReport.html(run))
        .doesNotContain("<script")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
  }

  @Test
  void needsNothingFromElsewhere() {
    assertThat(RunReport.html(run)).doesNotContain("http:").doesNotContain("https:");
  }

  @ParameterizedTest
  @CsvSource({
    "0.6931471805599453, 0.6931471805599454",
    "1e12, 1.0000000000000002e12",
    "-1e299, 1e299",
    "0, 0",
    "0, 5e-324",
    "-1e304, 1e308",
  })
  void drawsValuesThatAreAllButEqual_orEnormous(double one, double other) throws IOException {
    Files.writeString(
        run.resolve("metrics.jsonl"),
        String.format(
            Locale.ROOT, "{\"step\":1,\"loss\":%s}%n{\"step\":2,\"loss\":%s}%n", one, other));

    String html = RunReport.html(run);

    assertThat(titles(html)).containsExactly("Loss");
    assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(html.split("class=\"grid\"", -1)).hasSizeLessThan(10);
  }

  @Test
  void showsAlarmsFirst() throws IOException {
    Files.writeString(
        run.resolve("alarms.jsonl"),
        """
        {"kind":"chosen_falling","step":20,"message":"it <falls>","advice":"Do this","numbers":{"slope":-1}}
        {"kind":"few_examples","step":0,"message":"few","advice":"Take more","numbers":{}}
        """);

    String html = RunReport.html(run);

    assertThat(html)
        .contains(
            "<b>chosen falling</b> at step 20: it &lt;falls&gt;.<p>Do this.</p>",
            "<b>few examples</b> before the first step: few.<p>Take more.</p>");
    assertThat(html.indexOf("few examples")).isLessThan(html.indexOf("<figure>"));
  }

  /** Margins are 2 less than the surplus of tokens, so that length explains them all. */
  @Test
  void drawsPairsByRewardByMarginAndByLength() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      lines.append(pair(true, i - 2.0, 0.0, 10 + i, 10));
    }
    lines.append(pair(false, 1.0, 0.0, 3, 3)).append(pair(false, Double.NaN, 0.0, 3, 3));
    Files.writeString(run.resolve("pairs.jsonl"), lines);

    String html = RunReport.html(run);

    assertThat(titles(html).subList(4, 8))
        .containsExactly(
            "Rewards, held out",
            "Accuracy against margin, held out",
            "Margin against length, held out",
            "Rewards, the last learnt");
    assertThat(html)
        .contains("Implicit rewards of 10 pairs", "Implicit rewards of 1 pairs", "Correlation 1.");
    // A bar as high as all ten rejected rewards, which are 0
    assertThat(html).contains("<rect class=\"c1\"");
  }

  private static String pair(
      boolean heldOut, double chosen, double rejected, int chosenTokens, int rejectedTokens) {
    return String.format(
        Locale.ROOT,
        "{\"held_out\":%s,\"step\":3,\"id\":\"a\",\"reward_chosen\":\"%s\",\"reward_rejected\":%s,"
            + "\"tokens_chosen\":%d,\"tokens_rejected\":%d}%n",
        heldOut,
        chosen,
        rejected,
        chosenTokens,
        rejectedTokens);
  }

  @Test
  void showsSamplesUnderTheirPrompt() throws IOException {
    Files.writeString(
        run.resolve("samples.jsonl"),
        """
        {"when":"before","prompt":"The film","completion":" was <b>bad"}
        {"when":"after","prompt":"The film","completion":" was good"}
        """);

    assertThat(RunReport.html(run))
        .containsOnlyOnce("<h3>The film</h3>")
        .contains("<b>before</b><blockquote> was &lt;b&gt;bad</blockquote>")
        .contains("<b>after</b><blockquote> was good</blockquote>");
  }

  @Test
  void showsSamplesWithoutTheBlankLinesAroundThem() throws IOException {
    Files.writeString(
        run.resolve("samples.jsonl"),
        """
        {"when":"before","prompt":"\\n \\n\\nThe film\\n\\nof 1922\\n\\n","completion":"\\r\\n\\n  was\\n\\n bad\\n\\n"}
        {"when":"after","prompt":"\\n \\n\\nThe film\\n\\nof 1922\\n\\n","completion":"\\n\\n"}
        """);

    assertThat(RunReport.html(run))
        .containsOnlyOnce("<h3>The film\n\nof 1922</h3>")
        .contains("<b>before</b><blockquote>  was\n\n bad</blockquote>")
        .contains("<b>after</b><blockquote></blockquote>");
  }

  @Test
  void passesOverALastLineThatAKilledProcessLeftHalfWritten() throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":0.7}\n{\"step\":2,\"lo");

    assertThat(RunReport.html(run)).contains("1 steps in");
  }

  @Test
  void ofARunBeforeItsFirstStepHasNoCharts() throws IOException {
    Files.delete(run.resolve("metrics.jsonl"));

    assertThat(titles(RunReport.html(run))).isEmpty();
  }

  @Test
  void refusesADirectoryThatIsNoRun() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunReport.html(root))
        .withMessage("%s is no directory of a run: there is no run.json", root);
  }

  @Test
  void namesADamagedLine() throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":0.7}\n{{\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunReport.html(run))
        .withMessageStartingWith(run.resolve("metrics.jsonl") + ":2 must be a JSON object: ");
  }

  @Test
  void namesADamagedLineOfASweep_countingBlankOnes() throws IOException {
    Files.writeString(run.resolve("sweep.jsonl"), "\n\n{{\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SweepReport.html(run, ""))
        .withMessageStartingWith(run.resolve("sweep.jsonl") + ":3 must be a JSON object: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"step\":\"x\"}", "{\"step\":1,\"loss\":{}}", "{\"loss\":1}"})
  void namesALineThatIsNoneOfARun(String line) throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":0.7}\n" + line + "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunReport.html(run))
        .withMessageStartingWith(run.resolve("metrics.jsonl") + ":2");
  }

  @Test
  void leavesOutDamagedLinesOfWhatIsOnlyLookedAt() throws IOException {
    for (String file : List.of("alarms.jsonl", "pairs.jsonl", "samples.jsonl")) {
      Files.writeString(run.resolve(file), "{\"step\":{},\"when\":null,\"held_out\":3}\n[]\n");
    }
    Files.createDirectory(run.resolve("final"));
    Files.writeString(run.resolve("final/checkpoint.json"), "{\"manifest\":7}");

    assertThat(RunReport.html(run)).contains("not ended yet, or interrupted.");
  }

  @Test
  void readsEachLineOnce_howeverOftenItIsDrawn() throws IOException {
    Path metrics = run.resolve("metrics.jsonl");
    RunReport report = RunReport.of(run);
    String before = report.html();
    // What was read is not read again: nobody finds out what became of it.
    Files.writeString(metrics, "#".repeat((int) Files.size(metrics)));

    assertThat(report.html()).isEqualTo(before);

    Files.writeString(metrics, "{\"step\":4,\"loss\":0.25}\n{\"st", StandardOpenOption.APPEND);
    assertThat(report.html()).contains("4 steps in").contains("loss 0.2500");
    Files.writeString(metrics, "ep\":5,\"loss\":0.125}\n", StandardOpenOption.APPEND);
    assertThat(report.html()).contains("5 steps in").contains("loss 0.1250");
  }

  @Test
  void replacesALinkInPlaceOfThePageOrTheSamples() throws IOException {
    Path precious = Files.writeString(root.resolve("precious"), "years of work");
    for (String name : List.of("report.html", ".report.html.tmp", "samples.jsonl")) {
      Files.createSymbolicLink(run.resolve(name), precious);
    }

    Path page = RunReport.write(run, List.of(new Sample("after", "The film", " was <good>")));

    assertThat(precious).hasContent("years of work");
    assertThat(page).isEqualTo(run.resolve("report.html")).isRegularFile();
    assertThat(page).content().contains("<b>after</b><blockquote> was &lt;good&gt;</blockquote>");
    assertThat(run.resolve("samples.jsonl"))
        .hasContent("{\"when\":\"after\",\"prompt\":\"The film\",\"completion\":\" was <good>\"}");
  }

  @Test
  void keepsSoManyValuesOfALongCurve_andMeansOfMore() {
    Thinning exact = new Thinning(8);
    Thinning halved = new Thinning(8);
    for (int i = 1; i <= 11; i++) {
      if (i <= 8) {
        exact.add(i, 1.0 / i);
      }
      halved.add(i, i);
      halved.add(i, Double.NaN);
    }

    for (int i = 0; i < 8; i++) {
      assertThat(exact.series("loss").points().get(i))
          .isEqualTo(new Series.Point(i + 1, 1.0 / (i + 1)));
    }
    assertThat(halved.series("loss").points())
        .containsExactly(
            new Series.Point(2, 1.5),
            new Series.Point(4, 3.5),
            new Series.Point(6, 5.5),
            new Series.Point(8, 7.5),
            new Series.Point(10, 9.5),
            new Series.Point(11, 11));
  }

  @Test
  void thinsLongCurvesToMeans() {
    Series.Point[] points = new Series.Point[10];
    for (int i = 0; i < 10; i++) {
      points[i] = new Series.Point(i + 1, i);
    }

    assertThat(new Series("loss", ImmutableList.copyOf(points)).thinned(5).points())
        .containsExactly(
            new Series.Point(2, 0.5),
            new Series.Point(4, 2.5),
            new Series.Point(6, 4.5),
            new Series.Point(8, 6.5),
            new Series.Point(10, 8.5));
  }

  private static List<String> titles(String html) {
    return Pattern.compile("<figcaption><b>([^<]*)</b>")
        .matcher(html)
        .results()
        .map(result -> result.group(1))
        .toList();
  }
}
