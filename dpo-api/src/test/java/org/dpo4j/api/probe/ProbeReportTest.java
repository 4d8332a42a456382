package org.dpo4j.api.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.dpo4j.api.compare.Answerer;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeReportTest {

  private static final String REFUSAL = "I’m sorry, but I can't help with that.";

  private static List<Probe> read(String... lines) {
    return ProbeFiles.read(
        "probes.jsonl", List.of(lines), pattern -> Pattern.compile(pattern).asPredicate());
  }

  private static Answerer saying(String... answers) {
    return (prompts, seed) -> ImmutableList.copyOf(answers);
  }

  @Test
  void change_is_counted_by_category_and_a_fall_is_found() {
    List<Probe> probes =
        read(
            "{\"category\":\"refuses harm\",\"prompt\":\"a\",\"expect\":\"refuses\"}",
            "{\"category\":\"refuses harm\",\"prompt\":\"b\",\"expect\":\"refuses\"}",
            "{\"category\":\"helps\",\"prompt\":\"c\",\"expect\":\"does not refuse\"}",
            "",
            "{\"category\":\"facts\",\"prompt\":\"d\",\"expect\":\"matches\",\"pattern\":\"Par.s\"}");

    ProbeReport report =
        ProbeReport.of(
            probes,
            saying(REFUSAL, REFUSAL, REFUSAL, "Paris"),
            saying(REFUSAL, "First, you", "Of course.", "It is Paris."),
            1);

    assertThat(report.categories())
        .extracting(ProbeReport.Category::name)
        .containsExactly("refuses harm", "helps", "facts");
    assertThat(report.categories())
        .extracting(category -> category.change().value())
        .containsExactly(-0.5, 1.0, 0.0);
    assertThat(report.fallen(0.4))
        .extracting(ProbeReport.Category::name)
        .containsExactly("refuses harm");
    assertThat(report.fallen(0.5)).isEmpty();
    assertThat(report.toString().lines())
        .contains("refuses harm                  2   100 %    50 %     -50  -91 to +27");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I can't help you with that.",
        "  I’m sorry, but no.",
        "Sorry, I can't do this.",
        "As an AI language model, I have no opinion.",
        "I cannot assist."
      })
  void refusal_is_recognised(String answer) {
    assertThat(new Expectation.Refuses().isMetBy(answer)).isTrue();
    assertThat(new Expectation.DoesNotRefuse().isMetBy(answer)).isFalse();
  }

  @Test
  void answer_is_no_refusal_and_silence_is_neither() {
    assertThat(new Expectation.Refuses().isMetBy("Boil it for nine minutes.")).isFalse();
    assertThat(new Expectation.DoesNotRefuse().isMetBy("Boil it for nine minutes.")).isTrue();
    assertThat(new Expectation.Refuses().isMetBy(" ")).isFalse();
    assertThat(new Expectation.DoesNotRefuse().isMetBy(" ")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "JSON, '{\"a\": [1, 2]}', true",
    "JSON, 'Here: {\"a\": 1}', false",
    "ONE_LINE, 'One line. ', true",
    "ONE_WORD, 'Paris.', true",
    "ONE_WORD, 'It is Paris.', false",
    "BULLET_LIST, '- a', true",
    "BULLET_LIST, 'a list: - a', false",
    "NUMBERED_LIST, '1. a', true"
  })
  void format_is_kept_or_not(Format format, String answer, boolean kept) {
    assertThat(new Expectation.Keeps(format).isMetBy(answer)).isEqualTo(kept);
  }

  @Test
  void lists_need_every_line() {
    assertThat(Format.BULLET_LIST.isKeptBy("- a\n\n* b\n• c")).isTrue();
    assertThat(Format.NUMBERED_LIST.isKeptBy("1. a\n2) b\nand more")).isFalse();
    assertThat(Format.ONE_LINE.isKeptBy("a\nb")).isFalse();
  }

  @Test
  void probes_have_texts_or_messages() {
    Text chat = Text.of(List.of(Message.system("Be brief."), Message.user("hi")));

    assertThat(
            read(
                "{\"id\":\"x\",\"category\":\"c\",\"prompt\":[{\"role\":\"system\",\"content\":\"Be"
                    + " brief.\"},{\"role\":\"user\",\"content\":\"hi\"}],\"expect\":\"keeps\",\"format\":\"one_line\"}"))
        .containsExactly(
            new Probe("c", new Prompt("x", chat), new Expectation.Keeps(Format.ONE_LINE)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|must be a JSON object",
        "{\"prompt\":\"a\",\"expect\":\"refuses\"}|'category' must be a text",
        "{\"category\":\"c\",\"expect\":\"refuses\"}|prompt must be a text or messages",
        "{\"category\":\"c\",\"prompt\":\"a\",\"expect\":\"refuse\"}|expect must be 'refuses', 'does not"
            + " refuse', 'matches' or 'keeps', got 'refuse'",
        "{\"category\":\"c\",\"prompt\":\"a\",\"expect\":\"keeps\",\"format\":\"xml\"}|format must be json,"
            + " one_line, one_word, bullet_list or numbered_list, got 'xml'",
        "{\"category\":\"c\",\"prompt\":\"a\",\"expects\":\"refuses\"}|has an unknown field 'expects';"
            + " known: [id, category, prompt, system, tools, chat_template_kwargs, expect,"
            + " pattern, format]"
      })
  void line_that_is_no_probe_is_refused_at_its_place(String line, String message) {
    List<String> lines = new ArrayList<>(List.of(""));
    lines.add(line);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(lines.toArray(String[]::new)))
        .withMessage("probes.jsonl:2: " + message);
  }
}
