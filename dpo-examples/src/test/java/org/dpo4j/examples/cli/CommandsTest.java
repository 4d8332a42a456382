package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.dpo4j.examples.demo.SentimentDemo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands on a real model and real files: those that the demo leaves. In one class, so that it
 * runs once.
 */
class CommandsTest {

  private static @TempDir Path root;
  private static SentimentDemo.Result result;
  private static String printed;
  private static String progress;

  private @TempDir Path own;

  @BeforeAll
  static void theDemo() throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    PrintWriter progressTo = new PrintWriter(err, true);
    result =
        new SentimentDemo(
                root.resolve("demo"), () -> ProgressLine.on(progressTo), new PrintWriter(out, true))
            .run();
    printed = out.toString();
    progress = err.toString();
  }

  private static Path model() {
    return root.resolve("demo/model");
  }

  private static Path pairs() {
    return root.resolve("demo/pairs.jsonl");
  }

  private static Path adapter() {
    return root.resolve("demo/dpo/final");
  }

  @Test
  void the_demo_tells_of_each_run_from_its_own_first_step() {
    assertThat(progress.lines().filter(line -> line.startsWith("step 1/")))
        .hasSize(2)
        .noneMatch(line -> line.contains("tokens/s"));
  }

  @Test
  void the_demo_teaches_a_model_to_like_films() {
    assertThat(result.samples()).isGreaterThanOrEqualTo(200);
    assertThat(result.positiveBefore()).isBetween(0.35, 0.65);
    assertThat(result.positiveAfter()).isGreaterThanOrEqualTo(0.9);
    assertThat(result.kl()).isBetween(1.0, 10.0);
    assertThat(result.heldOutAccuracy()).isGreaterThan(0.8);
    assertThat(printed)
        .contains("positive reviews")
        .contains("review of the silent harbour :")
        .contains("report: " + root.resolve("demo/dpo/report.html"));
  }

  @Test
  void the_demo_s_report_shows_curves_and_samples() throws IOException {
    assertThat(Files.readString(root.resolve("demo/dpo/report.html")))
        .contains("<b>Log-prob of completions</b>")
        .contains("<h3>review of the silent harbour :</h3>")
        .contains("<b>before</b>", "<b>after</b>");
  }

  @Test
  void inspect_counts_tokens_of_a_model() {
    CalledDpo called = CalledDpo.with("inspect", "--data", pairs(), "--model", model());

    assertThat(called.exitCode()).isZero();
    assertThat(called.out())
        .contains("pairs (prompt, chosen, rejected)")
        .contains("  prompt                6, 6, 6");
  }

  @Test
  void check_reference_says_that_a_learnt_adapter_is_learnt_and_none_is_not() {
    CalledDpo learnt =
        CalledDpo.with(
            "check-reference",
            "--model",
            model(),
            "--adapter",
            adapter(),
            "--data",
            pairs(),
            "--beta",
            "2",
            "--kl-tokens",
            "30");
    CalledDpo fresh =
        CalledDpo.with(
            "check-reference", "--model", model(), "--data", pairs(), "--kl-prompts", "4");

    assertThat(learnt.exitCode()).isZero();
    assertThat(learnt.out()).contains("KL(policy || reference)", "verdict", "renew the reference");
    assertThat(fresh.out())
        .contains("mean gradient weight      0.500", "saturated pairs           0.0 %")
        .contains("keep the reference");
  }

  /** The expected order: what a smaller β lets move, moves further. */
  @Test
  void sweep_compares_settings_from_one_reference_and_recommends_one() throws IOException {
    Path out = own.resolve("sweep");
    Object[] more = {
      "--learning-rate",
      "1e-3",
      "--batch-size",
      "16",
      "--epochs",
      "6",
      "--lora-rank",
      "8",
      "--eval-fraction",
      "0.2",
      "--resume"
    };
    CalledDpo called = sweep("0.1,5", more);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out()).contains("take dpo, β = ", "report: " + out.resolve("report.html"));
    List<JsonObject> lines =
        Files.readAllLines(out.resolve("sweep.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(lines).hasSize(2);
    for (String further : List.of("kl", "gap")) {
      assertThat(lines.get(0).get(further).getAsDouble())
          .as(further)
          .isGreaterThan(lines.get(1).get(further).getAsDouble());
    }
    assertThat(out.resolve("reference.logprobs")).exists();
    assertThat(out.resolve("dpo-beta-0.1/report.html")).exists();
    // Runs that have ended are not trained again.
    assertThat(sweep("0.1,5", more).out()).isEqualTo(called.out());
  }

  /** Two steps from the base, so that the KL is what the base is away from the reference. */
  @ParameterizedTest
  @ValueSource(strings = {"adapter", "model"})
  void sweep_holds_all_settings_to_a_reference_from_elsewhere(String kind) throws IOException {
    Path other = adapter();
    if (kind.equals("model")) {
      other = own.resolve("merged");
      assertThat(
              CalledDpo.with("merge", "--model", model(), "--adapter", adapter(), "--out", other)
                  .exitCode())
          .isZero();
    }

    CalledDpo called = sweep("0.1,0.5", "--reference", kind + ":" + other, "--max-steps", 2);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(Files.readAllLines(own.resolve("sweep/sweep.jsonl")))
        .hasSize(2)
        .allSatisfy(
            line -> {
              JsonObject outcome = JsonParser.parseString(line).getAsJsonObject();
              assertThat(outcome.get("kl").getAsDouble()).isBetween(1.0, 10.0);
              assertThat(outcome.get("alarms").getAsString()).contains("not_at_reference");
            });
    assertThat(own.resolve("sweep/reference.logprobs")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"moving", "moving:0.5:2", "none", "elsewhere"})
  void sweep_refuses_a_reference_that_cannot_be_asked_once(String reference) {
    CalledDpo called = sweep("0.1,0.5", "--reference", reference);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .isEqualToIgnoringNewLines(
            "dpo: --reference of a sweep is asked once for all settings, and must stay as it is: adapter-off,"
                + " adapter:DIR, model:DIR or copy, got '"
                + reference
                + "'; see dpo sweep --help");
    assertThat(own.resolve("sweep")).doesNotExist();
  }

  /** What they mean for training is what a sweep does without being told. */
  @ParameterizedTest
  @ValueSource(strings = {"copy", "cached"})
  void sweep_takes_the_start_for_a_copy_and_for_a_cached_reference(String reference)
      throws IOException {
    CalledDpo called =
        sweep("0.1,0.5", "--reference", reference, "--losses", "dpo,ipo", "--max-steps", 1);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(Files.readAllLines(own.resolve("sweep/sweep.jsonl")))
        .hasSize(4)
        .noneMatch(line -> line.contains("not_at_reference"));
    assertThat(own.resolve("sweep/ipo-beta-0.5/report.html")).exists();
  }

  private CalledDpo sweep(String betas, Object... more) {
    return CalledDpo.with(
        Stream.concat(
                Stream.of(
                    "sweep",
                    "--model",
                    model(),
                    "--data",
                    pairs(),
                    "--betas",
                    betas,
                    "--out",
                    own.resolve("sweep"),
                    "--kl-tokens",
                    40,
                    "--kl-prompts",
                    64),
                Stream.of(more))
            .toArray());
  }

  @Test
  void sweep_needs_pairs_to_compare_settings_on() {
    assertThat(sweep("0.1,0.5", "--eval-fraction", "0"))
        .extracting(CalledDpo::exitCode, CalledDpo::err)
        .satisfies(
            told ->
                assertThat(told.toString())
                    .contains(
                        "settings are compared on held-out pairs: give some with --eval or --eval-fraction"));
  }

  @Test
  void score_gives_a_line_a_pair_that_agrees_with_training() throws IOException {
    Path file = own.resolve("scores.jsonl");
    CalledDpo called =
        CalledDpo.with(
            "score", "--model", model(), "--adapter", adapter(), "--data", pairs(), "--out", file);

    assertThat(called.err()).isEmpty();
    List<JsonObject> lines =
        Files.readAllLines(file).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(lines).hasSize(Files.readAllLines(pairs()).size());
    assertThat(lines.get(0).keySet())
        .containsExactly(
            "id",
            "chosen_logp",
            "rejected_logp",
            "reference_chosen_logp",
            "reference_rejected_logp",
            "chosen_reward",
            "rejected_reward",
            "chosen_tokens",
            "rejected_tokens");
    for (JsonObject line : lines) {
      assertThat(line.get("chosen_reward").getAsDouble())
          .isCloseTo(
              0.1
                  * (line.get("chosen_logp").getAsDouble()
                      - line.get("reference_chosen_logp").getAsDouble()),
              within(1e-9));
    }
    assertThat(lines)
        .filteredOn(
            line ->
                line.get("chosen_reward").getAsDouble() > line.get("rejected_reward").getAsDouble())
        .hasSizeGreaterThan(lines.size() * 8 / 10);
  }

  @Test
  void score_against_another_model_is_score_against_its_adapter() throws IOException {
    Path merged = own.resolve("merged");
    assertThat(CalledDpo.with("merge", "--model", model(), "--adapter", adapter(), "--out", merged))
        .extracting(CalledDpo::exitCode)
        .isEqualTo(0);

    String byAdapter =
        CalledDpo.with(
                "score",
                "--model",
                model(),
                "--reference",
                "adapter:" + adapter(),
                "--data",
                pairs())
            .out();
    String byModel =
        CalledDpo.with(
                "score", "--model", model(), "--reference", "model:" + merged, "--data", pairs())
            .out();

    assertThat(rewards(byModel)).hasSizeGreaterThan(100);
    for (int i = 0; i < rewards(byModel).size(); i++) {
      assertThat(rewards(byModel).get(i)).isCloseTo(rewards(byAdapter).get(i), within(1e-4));
    }
  }

  private static List<Double> rewards(String lines) {
    return lines
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .map(line -> line.get("chosen_reward").getAsDouble())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "dpo, adapter-off",
    "ipo, cached",
    "simpo, none",
    "dpo(label-smoothing=0.1), moving:0.5:2",
    "dpo+0.2*sft, copy"
  })
  void train_learns_by_any_loss_from_any_reference(String loss, String reference)
      throws IOException {
    CalledDpo called =
        train("--loss", loss, "--reference", reference, "--max-steps", 4, "--eval-every", 2);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).contains("step 4/4").contains("held out after step 2");
    assertThat(own.resolve("run/final/adapter_model.safetensors")).exists();
    assertThat(Files.readString(own.resolve("run/final/README.md")))
        .contains("base_model: \"" + model().getFileName() + "\"")
        .contains("adapter | LoRA, rank 16, alpha 32.0, 14 modules");
    assertThat(Files.readString(own.resolve("run/run.json"))).contains("\"data_origin\"");
  }

  /** No option but where things are: what is learnt is learnt by the defaults. */
  @Test
  void train_toldNothingElse_putsHeldOutPairsInOrderAndAdvisesAgainstNothing() throws IOException {
    CalledDpo called = train();

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).doesNotContain("alarm: ");
    JsonObject last = lastEvaluation();
    assertThat(last.get("eval_rewards/accuracies").getAsDouble()).isGreaterThan(0.75);
    assertThat(last.get("eval_rewards/margins").getAsDouble()).isGreaterThan(0.05);
  }

  @Test
  void train_ofAllWeights_toldNothingElse_learnsToo() throws IOException {
    CalledDpo called = train("--full");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.err()).doesNotContain("alarm: ");
    assertThat(lastEvaluation().get("eval_rewards/accuracies").getAsDouble()).isGreaterThan(0.75);
  }

  private JsonObject lastEvaluation() throws IOException {
    List<JsonObject> evaluations =
        Files.readAllLines(own.resolve("run/metrics.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .filter(line -> line.has("eval_loss") || line.toString().contains("eval_loss"))
            .toList();
    return evaluations.get(evaluations.size() - 1);
  }

  private CalledDpo train(Object... more) {
    return CalledDpo.with(
        Stream.concat(
                Stream.of(
                    "train", "--model", model(), "--data", pairs(), "--out", own.resolve("run")),
                Stream.of(more))
            .toArray());
  }

  @Test
  void train_on_an_adapter_of_sft_holds_the_policy_to_it() throws IOException {
    Path sft = own.resolve("sft");
    CalledDpo imitation =
        CalledDpo.with(
            "sft", "--model", model(), "--data", pairs(), "--out", sft, "--max-steps", 3);
    assertThat(imitation.exitCode()).as(imitation.err()).isZero();

    CalledDpo called = train("--init-adapter", sft.resolve("final"), "--max-steps", 2);

    assertThat(called.exitCode()).as(called.err()).isZero();
    // The very first loss is ln 2: the policy starts where its reference is.
    assertThat(called.err()).contains("step 1/2  loss 0.6931");
  }

  @Test
  void train_evaluates_on_files_or_on_nothing() throws IOException {
    CalledDpo onFile = train("--eval", pairs(), "--max-steps", 1);
    assertThat(onFile.exitCode()).as(onFile.err()).isZero();
    assertThat(onFile.err()).contains("held out after step 1");
    delete(own.resolve("run"));

    CalledDpo onNothing = train("--eval-fraction", 0, "--max-steps", 1);
    assertThat(onNothing.exitCode()).as(onNothing.err()).isZero();
    assertThat(onNothing.err()).doesNotContain("held out");
    delete(own.resolve("run"));

    assertThat(train("--eval", pairs(), "--eval-fraction", 0.1).err())
        .contains("--eval and --eval-fraction exclude each other");
  }

  @Test
  void train_reports_what_the_policy_answers_before_and_after() throws IOException {
    assertThat(train("--samples", 2, "--max-steps", 1).exitCode()).isZero();

    List<JsonObject> samples =
        Files.readAllLines(own.resolve("run/samples.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(samples)
        .extracting(sample -> sample.get("when").getAsString())
        .containsExactly("before", "after", "before", "after");
    assertThat(samples)
        .allSatisfy(
            sample -> {
              assertThat(sample.get("prompt").getAsString()).startsWith("review of the");
              assertThat(sample.get("completion").getAsString()).endsWith(".");
            });
    assertThat(Files.readString(own.resolve("run/report.html"))).contains("<h2>Samples</h2>");
  }

  @Test
  void train_learns_from_thumbs_and_rankings() throws IOException {
    Path thumbs = own.resolve("thumbs.jsonl");
    Path rankings = own.resolve("rankings.jsonl");
    Random random = new Random(1);
    StringBuilder thumbLines = new StringBuilder();
    StringBuilder rankingLines = new StringBuilder();
    for (String line : Files.readAllLines(pairs()).subList(0, 40)) {
      JsonObject pair = JsonParser.parseString(line).getAsJsonObject();
      boolean up = random.nextBoolean();
      JsonObject thumb = new JsonObject();
      thumb.add("prompt", pair.get("prompt"));
      thumb.add("completion", pair.get(up ? "chosen" : "rejected"));
      thumb.addProperty("label", up);
      thumbLines.append(thumb).append('\n');
      rankingLines.append(
          String.format(
              Locale.ROOT,
              "{\"prompt\":%s,\"responses\":[%s,%s],\"scores\":[5,2]}%n",
              pair.get("prompt"),
              pair.get("chosen"),
              pair.get("rejected")));
    }
    Files.writeString(thumbs, thumbLines);
    Files.writeString(rankings, rankingLines);

    for (String[] run : new String[][] {{"kto", "thumbs"}, {"plackett-luce", "rankings"}}) {
      CalledDpo called =
          CalledDpo.with(
              "train",
              "--model",
              model(),
              "--data",
              own.resolve(run[1] + ".jsonl"),
              "--loss",
              run[0],
              "--out",
              own.resolve(run[0]),
              "--max-steps",
              2);
      assertThat(called.exitCode()).as(called.err()).isZero();
    }
  }

  @Test
  void train_of_all_weights_leaves_a_checkpoint() {
    CalledDpo called = train("--full", "--max-steps", 2, "--batch-size", 2);

    assertThat(called.exitCode()).as(called.err()).isZero();
    CalledDpo scored =
        CalledDpo.with("score", "--model", own.resolve("run/model"), "--data", pairs());
    assertThat(scored.exitCode()).as(scored.err()).isZero();
  }

  @Test
  void train_resumes_to_the_same_adapter() throws IOException {
    Object[] options = {"--max-steps", 6, "--checkpoint-every", 2, "--lora-dropout", 0.1};
    assertThat(train(options).exitCode()).isZero();
    byte[] whole = Files.readAllBytes(own.resolve("run/final/adapter_model.safetensors"));
    // As if it had been killed after the fourth step.
    delete(own.resolve("run/final"));
    delete(own.resolve("run/checkpoints/step-00000006"));

    assertThat(train(options).err()).contains("there is a run in");
    CalledDpo resumed = train(Stream.concat(Stream.of(options), Stream.of("--resume")).toArray());

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("step 5/6").doesNotContain("step 4/6");
    assertThat(Files.readAllBytes(own.resolve("run/final/adapter_model.safetensors")))
        .isEqualTo(whole);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> inside = Files.walk(directory)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void train_that_is_interrupted_writes_a_checkpoint_and_goes_on_from_it() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Dpo.class.getName(),
                "train",
                "--model",
                model().toString(),
                "--data",
                pairs().toString(),
                "--out",
                own.resolve("run").toString(),
                "--epochs",
                "1000")
            .redirectErrorStream(true)
            .start();
    try {
      while (!Files.exists(own.resolve("run/metrics.jsonl"))
          || Files.size(own.resolve("run/metrics.jsonl")) == 0) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(20);
      }
      assertThat(
              new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid())).start().waitFor())
          .isZero();

      assertThat(process.waitFor()).isEqualTo(143);
      try (Stream<Path> checkpoints = Files.list(own.resolve("run/checkpoints"))) {
        assertThat(checkpoints.filter(Files::isDirectory)).hasSize(1);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void train_refuses_a_reference_that_reads_other_tokens() throws IOException {
    Path other = own.resolve("other");
    assertThat(
            CalledDpo.with("merge", "--model", model(), "--adapter", adapter(), "--out", other)
                .exitCode())
        .isZero();
    Path tokenizer = other.resolve("tokenizer.json");
    Files.writeString(
        tokenizer,
        Files.readString(tokenizer)
            .replaceAll("\"film\":(\\d+),\"for\":(\\d+)", "\"film\":$2,\"for\":$1"));

    CalledDpo called = train("--reference", "model:" + other);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .contains("--reference must have the policy's tokenizer and chat template");
  }
}
