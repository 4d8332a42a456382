package org.dpo4j.api.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpo4j.api.RunWithAlarms;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's page in a browser, where there is one: chromium or google-chrome on the path. */
class ReportInBrowserTest {

  /** Tells the page around it what became of the page it is appended to. */
  private static final String PROBE =
      """
      <script>
      const colours = [...document.querySelectorAll("svg")].map(s => s.getBoundingClientRect());
      parent.postMessage(JSON.stringify({
        width: innerWidth,
        room: document.documentElement.clientWidth,
        content: document.documentElement.scrollWidth,
        requests: performance.getEntriesByType("resource").length,
        pictures: colours.length,
        leftmost: Math.min(...[...document.querySelectorAll("svg text")].map(t => t.getBBox().x)),
        lowest: Math.min(...colours.map(box => box.height)),
        letters: parseFloat(getComputedStyle(document.querySelector("figure p")).fontSize),
        paper: getComputedStyle(document.body).backgroundColor,
        ink: getComputedStyle(document.body).color}), "*");
      </script>
      """;

  private static final String FRAME =
      """
      <!doctype html><html><head><style>:root { color-scheme: light dark; }</style></head><body>
      <script>onmessage = told => { document.body.textContent = "<<" + told.data + ">>"; };</script>
      <iframe width="WIDTH" height="800" src="PAGE"></iframe></body></html>
      """;

  private static @TempDir Path root;
  private static Path browser;

  /** What a browser made of a page. */
  private record Seen(JsonObject page, String console) {}

  @BeforeAll
  static void aRun() throws IOException {
    Optional<Path> found =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(
                name ->
                    Splitter.on(':')
                        .splitToStream(System.getenv().getOrDefault("PATH", ""))
                        .map(directory -> Path.of(directory, name)))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "there is no browser on the path");
    browser = found.get();
    Path run = root.resolve("run");
    RunWithAlarms.in(run);
    probe("probed.html", run);
  }

  private static void probe(String page, Path run) throws IOException {
    Files.writeString(
        root.resolve(page), RunReport.html(run).replace("</body>", PROBE + "</body>"));
  }

  private static Seen open(String probed, int width, boolean dark)
      throws IOException, InterruptedException {
    Path page =
        Files.writeString(
            root.resolve("page.html"),
            FRAME.replace("WIDTH", String.valueOf(width)).replace("PAGE", probed));
    Path out = root.resolve("out.html");
    Path err = root.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--user-data-dir=" + root.resolve("profile"),
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                "--window-size=1200,900",
                "--virtual-time-budget=5000",
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    Matcher told = Pattern.compile("&lt;&lt;(\\{.*})&gt;&gt;").matcher(Files.readString(out));
    String console = Files.readString(err);
    assertThat(told.find()).as("the page was opened: %s", console).isTrue();
    return new Seen(
        JsonParser.parseString(told.group(1)).getAsJsonObject(),
        String.join("\n", console.lines().filter(line -> line.contains("CONSOLE")).toList()));
  }

  private static int brightness(String colour) {
    return Pattern.compile("\\d+")
        .matcher(colour)
        .results()
        .mapToInt(number -> Integer.parseInt(number.group()))
        .limit(3)
        .sum();
  }

  @Test
  void theReport_isReadable_wideAndNarrow_lightAndDark() throws Exception {
    requireReadable("probed.html");
  }

  /**
   * What SmolLM2-135M-Instruct left of 29 steps on 128 pairs of HH-RLHF: {@code ./dpo train --model
   * SmolLM2-135M-Instruct --data hh-harmless-128.jsonl --out smollm2 --learning-rate 1e-4
   * --batch-size 4 --eval-fraction 0.1 --eval-every 10}.
   */
  @Test
  void theReportOfARealModel_isReadableToo() throws Exception {
    URL run = Objects.requireNonNull(ReportInBrowserTest.class.getResource("smollm2"));
    probe("smollm2.html", Path.of(run.toURI()));

    requireReadable("smollm2.html");
  }

  private static void requireReadable(String probed) throws Exception {
    for (int width : List.of(400, 1100)) {
      for (boolean dark : List.of(false, true)) {
        Seen seen = open(probed, width, dark);
        JsonObject page = seen.page();

        assertThat(seen.console()).as("errors on the console").isEmpty();
        assertThat(page.get("requests").getAsInt()).as("what the page asks for").isZero();
        assertThat(page.get("width").getAsInt()).isEqualTo(width);
        assertThat(page.get("content").getAsInt())
            .as("nothing overflows")
            .isEqualTo(page.get("room").getAsInt());
        assertThat(page.get("pictures").getAsInt()).isGreaterThanOrEqualTo(10);
        assertThat(page.get("lowest").getAsDouble()).isGreaterThan(100);
        assertThat(page.get("letters").getAsDouble()).isGreaterThanOrEqualTo(12);
        int paper = brightness(page.get("paper").getAsString());
        int ink = brightness(page.get("ink").getAsString());
        assertThat(dark ? ink - paper : paper - ink).as("contrast").isGreaterThan(400);
      }
    }
  }

  @Test
  void theLabelsOfSmallNegativeValues_keepTheirSign() throws Exception {
    Path run = Files.createDirectory(root.resolve("small"));
    Files.writeString(run.resolve("run.json"), "{}");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        """
        {"step":1,"logratios/chosen":0.01}
        {"step":2,"logratios/chosen":-0.0066}
        """);
    probe("small.html", run);

    JsonObject page = open("small.html", 1100, false).page();

    assertThat(Files.readString(root.resolve("small.html"))).contains(">-0.005000</text>");
    assertThat(page.get("leftmost").getAsDouble()).as("where labels begin").isNotNegative();
  }
}
