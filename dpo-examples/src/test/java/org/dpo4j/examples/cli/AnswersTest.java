package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.dpo4j.examples.demo.SentimentDemo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with a policy once it is trained. */
@Tag("long")
class AnswersTest {

  private static final String PROMPT = "review of the silent harbour :";
  private static final String GOOD = "wonderful|moving|brilliant|charming|superb|gripping";

  private static @TempDir Path demo;

  private @TempDir Path own;

  @BeforeAll
  static void theDemo() throws IOException {
    new SentimentDemo(demo.resolve("demo"), () -> step -> {}, new PrintWriter(new StringWriter()))
        .run();
  }

  private static String model() {
    return demo.resolve("demo/model").toString();
  }

  private static String adapter() {
    return demo.resolve("demo/dpo/final").toString();
  }

  private static CalledDpo call(String command, Object... options) {
    return CalledDpo.with(
        Stream.concat(
                Stream.of(command, "--model", model(), "--raw", "--device", "cpu"),
                Arrays.stream(options))
            .toArray());
  }

  private static List<JsonObject> lines(String text) {
    return text.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  @Test
  void generate_streams_what_json_has() {
    CalledDpo streamed = call("generate", "--prompt", PROMPT, "--temperature", 0);
    CalledDpo json = call("generate", "--prompt", PROMPT, "--temperature", 0, "--json");

    assertThat(streamed.exitCode()).as(streamed.err()).isZero();
    assertThat(streamed.err()).contains("ended by stop");
    JsonObject line = lines(json.out()).get(0);
    assertThat(streamed.out().strip()).isEqualTo(line.get("text").getAsString().strip());
    assertThat(line.get("token_ids").getAsJsonArray().size())
        .isEqualTo(line.get("logps").getAsJsonArray().size())
        .isGreaterThan(5);
  }

  @Test
  void generate_answers_each_prompt_of_a_file_as_often_as_asked() {
    CalledDpo called =
        call(
            "generate",
            "--data",
            demo.resolve("demo/pairs.jsonl"),
            "--limit",
            3,
            "--samples",
            2,
            "--adapter",
            adapter(),
            "--json");

    assertThat(called.exitCode()).as(called.err()).isZero();
    List<JsonObject> lines = lines(called.out());
    assertThat(lines)
        .extracting(line -> line.get("sample").getAsInt())
        .containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(lines).extracting(line -> line.get("id").getAsString()).contains("pairs.jsonl:1");
  }

  @Test
  void generate_needs_one_source_of_prompts() {
    assertThat(call("generate").err())
        .isEqualToNormalizingNewlines(
            "dpo: one of --prompt and --data is needed; see dpo generate --help\n");
    assertThat(call("generate", "--prompt", PROMPT, "--data", model()).exitCode()).isEqualTo(2);
  }

  @Test
  void best_of_draws_from_the_reference_what_the_reward_likes() {
    CalledDpo called =
        call(
            "best-of",
            "--adapter",
            adapter(),
            "--prompt",
            PROMPT,
            "-n",
            16,
            "--from-reference",
            "--json");

    assertThat(called.exitCode()).as(called.err()).isZero();
    List<JsonObject> lines = lines(called.out());
    assertThat(lines).hasSize(16);
    assertThat(lines)
        .extracting(line -> line.get("reward").getAsDouble())
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(good(lines.get(0))).isGreaterThan(good(lines.get(15)));
  }

  private static long good(JsonObject line) {
    return Splitter.on(" ")
        .splitToStream(line.get("text").getAsString())
        .filter(word -> word.matches(GOOD))
        .count();
  }

  @Test
  void best_of_shows_which_words_earn_the_reward() {
    CalledDpo called =
        call(
            "best-of",
            "--adapter",
            adapter(),
            "--prompt",
            PROMPT,
            "--candidate",
            " it has dull story .",
            "--candidate",
            " it has brilliant story .",
            "--words");

    assertThat(called.exitCode()).as(called.err()).isZero();
    List<String> lines = called.out().lines().toList();
    assertThat(lines.get(0)).startsWith("prompt: 2 candidates, 12 tokens, ");
    assertThat(lines.get(1)).endsWith("  it has brilliant story .");
    double reward = number(lines.get(1));
    double sum = lines.subList(3, lines.size()).stream().mapToDouble(AnswersTest::number).sum();
    assertThat(sum).isCloseTo(reward, within(0.005));
    String most =
        lines.subList(3, lines.size()).stream()
            .max((a, b) -> Double.compare(number(a), number(b)))
            .orElseThrow();
    assertThat(most).endsWith("brilliant");
  }

  private static double number(String line) {
    return Double.parseDouble(Splitter.on(" ").omitEmptyStrings().split(line).iterator().next());
  }

  @Test
  void compare_says_that_the_adapter_wins_and_goes_on_where_it_was() throws IOException {
    Path file = own.resolve("verdicts.jsonl");
    Object[] options = {
      "--a",
      "adapter:" + adapter(),
      "--judge",
      "pattern:" + GOOD,
      "--data",
      demo.resolve("demo/pairs.jsonl"),
      "--out",
      file
    };
    CalledDpo called = call("compare", options);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out())
        .contains("win rate")
        .contains("length-controlled")
        .contains("sign test");
    List<String> whole = Files.readAllLines(file);
    assertThat(whole.stream().filter(line -> line.contains("\"verdict\":\"a\"")).count())
        .isGreaterThan(whole.size() * 6 / 10);
    Files.write(file, whole.subList(0, 20));

    assertThat(call("compare", options).out()).isEqualTo(called.out());
    assertThat(Files.readAllLines(file)).isEqualTo(whole);
  }

  @Test
  void reward_model_learns_the_reward_inside_the_policy_then_ranks_and_judges() throws IOException {
    Path rewards = own.resolve("rm");
    CalledDpo trained =
        CalledDpo.with(
            "reward-model",
            "--model",
            model(),
            "--device",
            "cpu",
            "--data",
            demo.resolve("demo/pairs.jsonl"),
            "--out",
            rewards,
            "--teacher-adapter",
            adapter(),
            "--teacher-beta",
            "0.5",
            "--eval-fraction",
            "0.2",
            "--learning-rate",
            "1e-3",
            "--epochs",
            "5",
            "--batch-size",
            "16");
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    assertThat(trained.out())
        .startsWith("learnt from 283 pairs in 90 steps")
        .endsWith(String.format(Locale.ROOT, "reward model: %s%n", rewards));
    JsonObject facts =
        JsonParser.parseString(Files.readString(rewards.resolve("reward_model.json")))
            .getAsJsonObject();
    assertThat(facts.get("loss").getAsString()).isEqualTo("regression");
    JsonObject heldOut = facts.getAsJsonObject("held_out");
    assertThat(heldOut.get("same_order").getAsDouble()).isGreaterThan(0.9);
    assertThat(heldOut.get("correlation").getAsDouble()).isGreaterThan(0.9);

    CalledDpo best =
        call("best-of", "--reward-model", rewards, "--prompt", PROMPT, "-n", 16, "--json");
    assertThat(best.exitCode()).as(best.err()).isZero();
    assertThat(good(lines(best.out()).get(0))).isGreaterThan(good(lines(best.out()).get(15)));

    CalledDpo compared =
        call(
            "compare",
            "--a",
            "adapter:" + adapter(),
            "--judge",
            "reward-model:" + rewards,
            "--data",
            demo.resolve("demo/pairs.jsonl"),
            "--out",
            own.resolve("verdicts.jsonl"));
    assertThat(compared.out()).contains("judged by reward-model:" + rewards);
  }

  @Test
  void reward_model_by_regression_needs_a_teacher() {
    CalledDpo called =
        CalledDpo.with(
            "reward-model",
            "--model",
            model(),
            "--data",
            demo.resolve("demo/pairs.jsonl"),
            "--out",
            own.resolve("rm"),
            "--loss",
            "regression");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .isEqualToNormalizingNewlines(
            "dpo: --loss regression needs --teacher-adapter; see dpo reward-model --help\n");
  }

  @Test
  void best_of_by_a_reward_model_has_no_words() {
    assertThat(call("best-of", "--reward-model", own, "--words", "--prompt", PROMPT).err())
        .isEqualToNormalizingNewlines(
            "dpo: --words and --reward-model exclude each other: a reward model gives one number"
                + " for the whole answer; see dpo best-of --help\n");
  }

  @Test
  void best_of_by_a_reward_model_has_no_reference() {
    assertThat(
            call(
                    "best-of",
                    "--reward-model",
                    own,
                    "--reference",
                    "model:" + own,
                    "--prompt",
                    PROMPT)
                .err())
        .isEqualToNormalizingNewlines(
            "dpo: --reference and --reward-model exclude each other: a reward model has no"
                + " reference; see dpo best-of --help\n");
  }

  @Test
  void compare_refuses_a_judge_it_does_not_know() {
    CalledDpo called =
        call("compare", "--a", "base", "--judge", "me", "--prompt", "x", "--out", own.resolve("o"));

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .isEqualToNormalizingNewlines(
            "dpo: --judge must be implicit:ADAPTER, reward-model:DIR, pattern:RE2 or an http address; see dpo compare --help\n");
  }

  @Test
  void compare_does_not_show_a_key_in_the_address_of_a_judge() {
    for (String address :
        List.of(
            "http://host/v1?key=s3cret",
            "http://s3cret@host/v1",
            "http://host/v1 s3cret",
            "htp://s3cret@host")) {
      CalledDpo called =
          call(
              "compare",
              "--a",
              "base",
              "--judge",
              address,
              "--judge-model",
              "m",
              "--prompt",
              "x",
              "--out",
              own.resolve("o"));

      assertThat(called.exitCode()).isNotZero();
      assertThat(called.err()).startsWith("dpo: ").doesNotContain("s3cret");
    }
  }

  @Test
  void probe_is_a_gate() throws IOException {
    Path probes = own.resolve("probes.jsonl");
    String line =
        "{\"category\":\"%s\",\"prompt\":\"%s\",\"expect\":\"matches\",\"pattern\":\"%s\"}%n";
    Files.writeString(
        probes,
        String.format(Locale.ROOT, line, "likes", PROMPT, GOOD)
            + String.format(Locale.ROOT, line, "ends", PROMPT, "\\\\.$")
            + String.format(
                Locale.ROOT,
                line,
                "dislikes",
                "review of the golden letter :",
                "dull|clumsy|tedious|awful|shallow|confused"));

    CalledDpo kept = call("probe", "--after", "base", "--probes", probes);
    CalledDpo changed =
        call(
            "probe",
            "--after",
            "adapter:" + adapter(),
            "--probes",
            probes,
            "--out",
            own.resolve("o"));

    assertThat(kept.exitCode()).as(kept.err()).isZero();
    assertThat(kept.out()).contains("likes", "ends", "dislikes");
    assertThat(changed.exitCode()).as(changed.out()).isEqualTo(3);
    assertThat(changed.err())
        .contains("dpo: 'dislikes' fell by 100 points, more than --max-drop 0.0 allows");
    assertThat(lines(Files.readString(own.resolve("o")))).hasSize(3);
  }

  @Test
  void probes_that_come_with_it_can_be_read() {
    // The demo's model has no chat template, so it is refused only once they are read.
    assertThat(CalledDpo.with("probe", "--model", model(), "--after", "base").err())
        .contains("has no chat template");
  }
}
