package org.dpo4j.examples.fieldcases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpo4j.examples.cli.CalledDpo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes of files, and ratings, as public bug reports have them: each to its right value. */
class ShapeFieldCasesTest {

  private static final Path CASES = Path.of("src/test/resources/field-cases");
  private static final Path MODEL = Path.of("../dpo-torch/src/test/resources/models/llama");

  /** What TRL 1.16 gives for both pairs of 06 without their scores. */
  private static final double LOSS = 0.6931;

  private static final double GRADIENT_NORM = 5.43;

  private @TempDir Path folder;

  private CalledDpo train(Path data, Object... more) {
    return call("train", data, more);
  }

  private CalledDpo call(String command, Path data, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--model",
                MODEL,
                "--data",
                data,
                "--out",
                folder.resolve(command.equals("train") ? "run" : command),
                "--max-steps",
                "1",
                "--no-shuffle",
                "--batch-size",
                "2",
                "--lora-rank",
                "4",
                "--samples",
                "0",
                "--eval-fraction",
                "0"));
    arguments.addAll(List.of(more));
    return CalledDpo.with(arguments.toArray());
  }

  private JsonObject firstStep() throws IOException {
    return JsonParser.parseString(
            Files.readAllLines(folder.resolve("run/metrics.jsonl"), StandardCharsets.UTF_8).get(0))
        .getAsJsonObject();
  }

  private double firstLoss() throws IOException {
    return firstStep().get("loss").getAsDouble();
  }

  private static CalledDpo inspect(Path data, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("inspect", "--data", data));
    arguments.addAll(List.of(more));
    return CalledDpo.with(arguments.toArray());
  }

  @ParameterizedTest
  @CsvSource({"pairs-without.jsonl", "pairs.jsonl", "hundred.jsonl"})
  void scoresBesidePairs_shiftNoLoss(String file) throws IOException {
    CalledDpo called = train(CASES.resolve("06-score-columns").resolve(file));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstLoss()).isCloseTo(LOSS, within(5e-5));
    assertThat(firstStep().get("grad_norm").getAsDouble()).isCloseTo(GRADIENT_NORM, within(5e-3));
    assertThat(called.err()).contains("step-0 loss 0.6931 is what policy = reference gives\n");
  }

  @ParameterizedTest
  @CsvSource({"simpo, 1.0269", "hinge, 1.0"})
  void scoresBesidePairs_shiftNoOtherLoss(String loss, double expected) throws IOException {
    CalledDpo called =
        train(CASES.resolve("06-score-columns/pairs.jsonl"), "--loss", loss, "--beta", "0.1");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstLoss()).isCloseTo(expected, within(5e-5));
  }

  @Test
  void scoresBesidePairs_areNamedWithWhatTheyCouldDo() {
    CalledDpo called = inspect(CASES.resolve("06-score-columns/pairs.jsonl"));

    assertThat(called.out())
        .contains(
            "ratings beside 2 pairs (differences 0.5 to 5.5 points, root mean square 3.905); they are margins"
                + " only where a rule (--margin-per-spread, --margin-per-point) makes them so")
        .contains("pairs.jsonl:1, rated 5.5 points higher")
        .doesNotContain("nats");
  }

  /** −log σ(−m) of both pairs, m = 0.5 · 5.5/3.905 and 0.5 · 0.5/3.905, whatever a point is. */
  @ParameterizedTest
  @CsvSource({"pairs.jsonl, 5.5, 0.5", "hundred.jsonl, 75, 5"})
  void marginsAskedFor_areAShareOfTheSpread_andTheCheckSaysSo(
      String file, double first, double second) throws IOException {
    double spread = Math.sqrt((first * first + second * second) / 2);
    double expected =
        (Math.log1p(Math.exp(0.5 * first / spread)) + Math.log1p(Math.exp(0.5 * second / spread)))
            / 2;

    CalledDpo called =
        train(CASES.resolve("06-score-columns").resolve(file), "--margin-per-spread", "0.5");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstLoss()).isCloseTo(expected, within(1e-4));
    assertThat(called.err())
        .contains(
            String.format(
                Locale.ROOT,
                "step-0 loss %.4f is what policy = reference gives with the pairs' margins in it (0.6931 without"
                    + " them)",
                firstLoss()));
  }

  @Test
  void marginsAPoint_areNats() throws IOException {
    CalledDpo called =
        train(CASES.resolve("06-score-columns/pairs.jsonl"), "--margin-per-point", "1");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstLoss()).isCloseTo(3.2391, within(5e-5));
  }

  @Test
  void marginsAskedFor_whereNothingUsesThem_areRefused() {
    Path pairs = CASES.resolve("06-score-columns/pairs.jsonl");

    assertThat(train(pairs, "--loss", "ipo", "--margin-per-point", "1").err())
        .isEqualTo(
            "dpo: --margin-per-spread and --margin-per-point make margins, which loss 'ipo' does not use;"
                + " see dpo train --help\n");
    assertThat(
            train(CASES.resolve("06-score-columns/pairs-without.jsonl"), "--margin-per-point", "1")
                .err())
        .contains("dpo: margins of ratings need ratings, and none of these pairs has any: 2 pairs");
    assertThat(train(pairs, "--margin-scale", "1").err())
        .contains("Unknown options: '--margin-scale', '1'")
        .contains("--margin-per-spread", "--margin-per-point");
  }

  @ParameterizedTest
  @CsvSource({"equal.jsonl, 2", "null-score.jsonl, 2"})
  void equalOrMissingScores_leaveTheLabel(String file, int pairs) throws IOException {
    CalledDpo called = train(CASES.resolve("06-score-columns").resolve(file));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).contains(pairs + " pairs of 2 records");
    assertThat(firstLoss()).isCloseTo(LOSS, within(5e-5));
  }

  @Test
  void scoresAgainstTheLabel_areSkippedAndCounted() {
    assertThat(train(CASES.resolve("06-score-columns/contradicted.jsonl")).err())
        .contains("skipped, contradicted: 1")
        .contains("chosen is scored 3.0 and rejected 4.0");
  }

  @ParameterizedTest
  @CsvSource({
    "09-csv-index-column/pairs.csv, 2",
    "09-csv-index-column/header-spaces.csv, 1",
    "10-json-nested/data.json, 1",
    "10-json-nested/pretty.json, 1",
    "10-json-nested/splits.json, 1",
    "14-folder-of-splits/data, 1"
  })
  void filesOfOtherShapes_areRead(String data, int pairs) {
    CalledDpo called = train(CASES.resolve(data));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).startsWith(pairs + " pairs of " + pairs + " records");
  }

  @Test
  void csvIndexColumn_besideThumbs_isLeftOut() {
    CalledDpo called = train(CASES.resolve("09-csv-index-column/kto.csv"), "--loss", "kto");

    assertThat(called.err()).startsWith("2 unpaired examples of 2 records");
  }

  @ParameterizedTest
  @CsvSource({"columns.json, by default", "columns-of-lists.json, each a list"})
  void tablesByColumns_areRefusedWithTheWayOut(String file, String what) {
    CalledDpo called = train(CASES.resolve("10-json-nested").resolve(file));

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .contains(
            "is one table by columns",
            what,
            "to_json(\"data.jsonl\", orient=\"records\", lines=True)");
  }

  @Test
  void aFolderOfSplits_testsAreNotLearntBut_evalReadsThem() {
    Path data = CASES.resolve("14-folder-of-splits/data");

    assertThat(train(data).err())
        .contains(
            "not read, of another part of the data by their names: " + data.resolve("test.jsonl"));
    CalledDpo evaluated =
        CalledDpo.with(
            "sft",
            "--model",
            MODEL,
            "--data",
            data,
            "--eval",
            data,
            "--out",
            folder.resolve("sft"),
            "--max-steps",
            "1",
            "--batch-size",
            "1",
            "--lora-rank",
            "4",
            "--samples",
            "0");
    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    assertThat(evaluated.err())
        .contains(
            data.resolve("train.jsonl") + " (JSON lines): pairs (prompt, chosen, rejected); 1 of 1")
        .contains(
            data.resolve("test.jsonl") + " (JSON lines): pairs (prompt, chosen, rejected); 1 of 1");
  }

  @ParameterizedTest
  @CsvSource({"pairs.jsonl", "messages.jsonl", "query.jsonl"})
  void swiftRejectedResponses_areOnePair(String file) {
    Path data = CASES.resolve("16-swift-rejected-response").resolve(file);
    CalledDpo called = inspect(data);

    assertThat(called.out())
        .contains(
            "1 pairs of 1 records",
            "chosen:     [assistant] A pear.",
            "rejected:   [assistant] A brick.");
    assertThat(train(data).exitCode()).isZero();
  }

  @Test
  void distilabelRows_areTheirLabelledPairs() throws IOException {
    Path data = CASES.resolve("17-distilabel/pairs.jsonl");
    CalledDpo called = train(data);

    assertThat(called.err()).startsWith("2 pairs of 2 records");
    assertThat(firstLoss()).isCloseTo(LOSS, within(5e-5));
    assertThat(inspect(data).out())
        .contains(
            "prompt:     [user] Name a fruit.",
            "chosen:     [assistant] A pear.",
            "rejected:   [assistant] A brick.");
  }

  @Test
  void alpacaPairs_areChatsWhereAskedFor() {
    Path pairs = CASES.resolve("23-llamafactory-alpaca/pairs.jsonl");
    Path history = CASES.resolve("23-llamafactory-alpaca/history.jsonl");

    assertThat(inspect(pairs, "--chat").out())
        .contains("prompt:     [user] Name the colour of⏎the sky", "chosen:     [assistant] Blue.");
    assertThat(train(pairs, "--chat").exitCode()).isZero();
    assertThat(inspect(history, "--chat").out()).contains("[user] Hello.", "[assistant] Yes?");
    assertThat(inspect(history).err()).contains("read it as chats (--chat)");
    assertThat(call("sft", pairs, "--chat").err()).contains("1 demonstrations of 1 records");
  }

  @ParameterizedTest
  @CsvSource({"repr.csv, chosen", "numpy.csv, chosen", "dict.csv, chosen", "prompt.csv, prompt"})
  void csvCellsInPythonsNotation_areRefusedWithAdvice(String file, String column) {
    CalledDpo called = train(CASES.resolve("28-csv-python-lists").resolve(file));

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .contains(
            file
                + ":2: '"
                + column
                + "' has messages as Python prints them, not as JSON; write them with json.dumps");
  }

  @ParameterizedTest
  @CsvSource({"json.csv, [assistant] A pear.", "answers.csv, \"['pear', 'fig']\""})
  void csvCellsOfJson_orOfOtherText_areRead(String file, String chosen) {
    assertThat(inspect(CASES.resolve("28-csv-python-lists").resolve(file)).out())
        .contains("1 pairs of 1 records", chosen.replace("\"", ""));
  }

  @Test
  void tldrComparisons_arePairsAsInThePaper() {
    Path data = CASES.resolve("tldr-comparisons/comparisons.jsonl");

    assertThat(inspect(data).out())
        .contains(
            "2 pairs of 2 records",
            "prompt:     SUBREDDIT: r/boats⏎⏎TITLE: Hat⏎⏎POST: I lost my hat at sea.⏎⏎TL;DR:",
            "chosen:      Hat fell.",
            "chosen:      Dogs bark.");
    assertThat(train(data).exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pairs | prompt=q,chosen=a,rejected=b,margin=m,score_chosen=ra,score_rejected=rb",
        "pairs | prompt=q,chosen=a,rejected=b,votes_chosen=ra,votes_rejected=rb,system=s",
        "pairs | prompt=q,first=b,second=a,label=w,first_wins=B,second_wins=A",
        "pairs | prompt=q,completion1=a,rating1=ra,completion2=b,rating2=rb",
        "thumbs | prompt=q,completion=a,label=l",
        "demonstrations | prompt=q,completion=a,system=s"
      })
  void columnsOfEveryKind_canBeNamed(String kind, String columns) throws IOException {
    Path file = folder.resolve("a.csv");
    Files.writeString(file, "q,a,b,m,ra,rb,w,l,s\nSky?,Blue.,Red.,0.5,4,1,A,up,Brief.\n");
    CalledDpo called = inspect(file, "--columns", columns, "--as", kind);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out()).contains("of 1 records", "Blue.");
    assertThat(called.out().contains("[system] Brief.")).isEqualTo(columns.contains("system"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompt=q,chosen=a | --columns must name 'rejected' beside [prompt, chosen]; it knows of pairs",
        "prompt=q,completion=a,margin=m | --columns has no use for [margin] beside [prompt, completion]; it knows"
      })
  void columnsThatDontGoTogether_areRefusedWithThoseThatDo(String columns, String message) {
    assertThat(inspect(CASES.resolve("06-score-columns/pairs.jsonl"), "--columns", columns).err())
        .startsWith("dpo: " + message);
  }
}
