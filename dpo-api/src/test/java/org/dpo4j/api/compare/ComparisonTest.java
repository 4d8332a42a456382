package org.dpo4j.api.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.statistics.Wilson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  private static final Judge BY_DIGITS =
      Judge.function("digits", (prompt, text) -> text.chars().filter(Character::isDigit).count());

  private @TempDir Path directory;

  private static List<Prompt> prompts(int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> new Prompt("p" + i, Text.of("question " + i)))
        .toList();
  }

  /** Every fourth answer is empty, every fourth as good as B's. */
  private static ImmutableList<String> answersA(List<Prompt> prompts, long seed) {
    return prompts.stream()
        .map(
            prompt -> {
              int i = Integer.parseInt(prompt.id().substring(1));
              return i % 4 == 0 ? "none" : i % 4 == 1 ? "b 1" : "a 12 " + seed;
            })
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> answersB(List<Prompt> prompts, long seed) {
    return prompts.stream().map(prompt -> "b 1").collect(ImmutableList.toImmutableList());
  }

  private static Comparison comparison(Judge judge) {
    return Comparison.of("new", ComparisonTest::answersA, "old", ComparisonTest::answersB, judge);
  }

  @Test
  void report_counts_and_says_how_sure() {
    ComparisonReport report =
        comparison(BY_DIGITS).run(prompts(40), directory.resolve("results.jsonl"), 7);

    assertThat(report.wins()).isEqualTo(20);
    assertThat(report.losses()).isEqualTo(10);
    assertThat(report.ties()).isEqualTo(10);
    assertThat(report.winRate()).isEqualTo(0.625);
    assertThat(report.interval()).isEqualTo(Wilson.interval(25, 40));
    // 2 · Σ_{i ≥ 20} C(30, i) / 2^30
    assertThat(report.pValue()).isCloseTo(0.09873714670538902, within(1e-12));
    // Longer answers won.
    assertThat(report.lengthControlled().orElseThrow().rate()).isLessThan(0.625);
    assertThat(report.toString())
        .startsWith(
            String.format(
                Locale.ROOT,
                "new against old, judged by digits%n40 prompts: 20 won, 10 lost, 10 tied%n"
                    + "win rate            62.5 %% (95 %%: 47.0 to 75.8)%nlength-controlled "))
        .endsWith("sign test          p = 0.099");
  }

  @Test
  void interrupted_comparison_goes_on_to_the_same_lines() throws IOException {
    Path whole = directory.resolve("whole.jsonl");
    ComparisonReport expected = comparison(BY_DIGITS).run(prompts(40), whole, 7);
    AtomicInteger asked = new AtomicInteger();
    Judge failing = new Failing(BY_DIGITS, asked, 13);
    Path resumed = directory.resolve("resumed.jsonl");

    assertThatThrownBy(() -> comparison(failing).run(prompts(40), resumed, 7))
        .isInstanceOf(JudgeException.class);
    int kept = Files.readAllLines(resumed).size();
    assertThat(kept).isBetween(14, 20);
    // A process that was killed while it wrote a line.
    Files.writeString(resumed, Files.readString(resumed) + "{\"id\":\"p19\",\"a\":\"x");
    asked.set(1000);
    ComparisonReport report = comparison(failing).run(prompts(40), resumed, 7);

    assertThat(report).isEqualTo(expected);
    assertThat(Files.readString(resumed)).isEqualTo(Files.readString(whole));
    // 30 of 40 answers differ; 13 were judged before.
    assertThat(asked.get()).isEqualTo(1000 + 30 - 13);
    assertThat(comparison(failing).run(prompts(40), resumed, 7)).isEqualTo(expected);
    assertThat(asked.get()).isEqualTo(1000 + 30 - 13);
  }

  /** Fails once when it was asked so often. */
  private record Failing(Judge judge, AtomicInteger asked, int at) implements Judge {
    @Override
    public Verdict judge(Text prompt, String first, String second) {
      if (asked.getAndIncrement() == at) {
        throw new JudgeException("gone", null);
      }
      return judge.judge(prompt, first, second);
    }

    @Override
    public String name() {
      return judge.name();
    }
  }

  @Test
  void results_of_another_comparison_are_refused() throws IOException {
    Path file = directory.resolve("results.jsonl");
    comparison(BY_DIGITS).run(prompts(3), file, 7);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> comparison(BY_DIGITS).run(prompts(3), file, 8))
        .withMessageStartingWith(file + ":1: is of another comparison (")
        .withMessageEndingWith("\"seed\":8}); name another file");
    List<Prompt> others = new ArrayList<>(prompts(3));
    others.set(1, new Prompt("p1", Text.of("another question")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> comparison(BY_DIGITS).run(others, file, 7))
        .withMessage(file + ": has another prompt under the id 'p1'; name another file");
    Files.writeString(file, "{}\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> comparison(BY_DIGITS).run(prompts(3), file, 7))
        .withMessageStartingWith(file + ":1: is of another comparison");
    Files.writeString(file, "not JSON\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> comparison(BY_DIGITS).run(prompts(3), file, 7))
        .withMessage(file + ":1: is no line of a comparison; name another file");
  }

  @Test
  void verdicts_that_are_none_are_counted_and_left_out() {
    Judge silent =
        new Judge() {
          @Override
          public Verdict judge(Text prompt, String first, String second) {
            return Verdict.NONE;
          }

          @Override
          public String name() {
            return "silent";
          }
        };

    ComparisonReport report =
        comparison(silent).run(prompts(4), directory.resolve("results.jsonl"), 1);

    assertThat(report.unjudged()).isEqualTo(3);
    // The same answer twice needs no judge.
    assertThat(report.ties()).isEqualTo(1);
    assertThat(report.winRate()).isEqualTo(0.5);
  }
}
