package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where prompts end. */
class SidesTest {

  private static final String START =
      "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant:";

  private static String plain(Text text) {
    return ((Text.Plain) text).text();
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        " Blue., Red.",
        // One begins as the other does, or is the beginning of it.
        " The sky is blue., The sky is red.",
        " Yes, Yes indeed",
        " Yes indeed, Yes",
        " , Yes",
      })
  void transcripts_areCutAtTheLastTurnInCommon(String chosen, String rejected)
      throws SkippedException {
    Sides sides = Transcripts.sides(START + chosen, START + rejected);

    assertThat(plain(sides.prompt())).isEqualTo(START);
    assertThat(plain(sides.chosen())).isEqualTo(chosen);
    assertThat(plain(sides.rejected())).isEqualTo(rejected);
  }

  @Test
  void transcripts_thatDifferInSeveralTurns_areSkipped() {
    String first = "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: Blue.";
    String second = "\n\nHuman: Hi\n\nAssistant: Hey\n\nHuman: Sky?\n\nAssistant: Blue.";

    assertThatThrownBy(() -> Transcripts.sides(first, second))
        .isInstanceOf(SkippedException.class)
        .hasMessage("chosen goes on with turns of the human")
        .extracting(e -> ((SkippedException) e).reason())
        .isEqualTo(SkipReason.SEVERAL_TURNS);
  }

  @Test
  void transcripts_ofDifferentPrompts_areMalformed() {
    assertThatThrownBy(
            () -> Transcripts.sides("\n\nHuman: A\n\nAssistant: b", "\n\nHuman: B\n\nAssistant: b"))
        .hasMessage("the transcripts do not begin with the same turn");
    assertThatThrownBy(() -> Transcripts.sides("A", "B"))
        .hasMessage(
            "chosen and rejected must be transcripts that begin with '\\n\\nHuman:' and have"
                + " '\\n\\nAssistant:'");
  }

  @Test
  void transcripts_promptAndCompletionAreTheTranscriptAgain() {
    String[] pieces = {"\n\nHuman:", "\n\nAssistant:", " a", " b", "\n", "é😀", "Assistant:", " "};
    int cut = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      StringBuilder shared = new StringBuilder("\n\nHuman: q\n\nAssistant:");
      StringBuilder[] texts = {new StringBuilder(), new StringBuilder()};
      for (int i = random.nextInt(6); i > 0; i--) {
        shared.append(pieces[random.nextInt(pieces.length)]);
      }
      for (StringBuilder text : texts) {
        text.append(shared);
        for (int i = random.nextInt(5); i > 0; i--) {
          text.append(pieces[random.nextInt(pieces.length)]);
        }
      }
      try {
        Sides sides = Transcripts.sides(texts[0].toString(), texts[1].toString());
        cut++;
        assertThat(plain(sides.prompt()) + plain(sides.chosen())).isEqualTo(texts[0].toString());
        assertThat(plain(sides.prompt()) + plain(sides.rejected())).isEqualTo(texts[1].toString());
        assertThat(plain(sides.prompt())).endsWith("\n\nAssistant:");
      } catch (SkippedException e) {
        assertThat(e.reason()).isEqualTo(SkipReason.SEVERAL_TURNS);
      }
    }
    assertThat(cut).isGreaterThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "The sky is blue.|The sky is bright.|The sky is",
        "Yes, I can|Yes, I cannot|Yes, I",
        "The sky is|The sky is blue.|The sky",
        "The sky is blue.|The sky is|The sky",
        "Blue|Red|''",
        "same words|same words|same",
        "a |a b|a",
      })
  void words_areNeverCutInside(String chosen, String rejected, String prompt) {
    Sides sides = Transcripts.words(chosen, rejected);

    assertThat(plain(sides.prompt())).isEqualTo(prompt.equals("''") ? "" : prompt);
    assertThat(plain(sides.prompt()) + plain(sides.chosen())).isEqualTo(chosen);
    assertThat(plain(sides.prompt()) + plain(sides.rejected())).isEqualTo(rejected);
    assertThat(plain(sides.chosen())).isNotEmpty();
    assertThat(plain(sides.rejected())).isNotEmpty();
  }

  @Test
  void plainTexts_stayAsTheyAre_unlessTheyAreTranscriptsWithTheirPrompt() throws SkippedException {
    Sides texts = Sides.of(Text.of("Hi"), Text.of("Hi there"), Text.of("Hi!"));
    Sides transcripts =
        Sides.of(Text.of(START), Text.of(START + " Blue."), Text.of(START + " Red."));

    assertThat(texts).isEqualTo(new Sides(Text.of("Hi"), Text.of("Hi there"), Text.of("Hi!")));
    assertThat(transcripts)
        .isEqualTo(new Sides(Text.of(START), Text.of(" Blue."), Text.of(" Red.")));
  }

  private static Text chat(Message... messages) {
    return Text.of(List.of(messages));
  }

  @Test
  void chat_promptThatCompletionsRepeat_isThereOnce() throws SkippedException {
    Message system = Message.system("Brief.");
    Message user = Message.user("Sky?");
    Sides expected =
        new Sides(
            chat(system, user), chat(Message.assistant("Blue.")), chat(Message.assistant("Red.")));

    for (Text prompt : List.of(chat(system, user), chat(user), Text.of("Sky?"))) {
      assertThat(
              Sides.of(
                  prompt,
                  chat(system, user, Message.assistant("Blue.")),
                  chat(system, user, Message.assistant("Red."))))
          .isEqualTo(expected);
    }
  }

  @Test
  void chat_textsBecomeMessages() throws SkippedException {
    assertThat(Sides.of(chat(Message.user("Sky?")), Text.of("Blue."), Text.of("Red.")))
        .isEqualTo(
            new Sides(
                chat(Message.user("Sky?")),
                chat(Message.assistant("Blue.")),
                chat(Message.assistant("Red."))));
  }

  @Test
  void chat_promptAnotherThanTheCompletionsBeginWith_isMalformed() {
    assertThatThrownBy(
            () ->
                Sides.of(
                    Text.of("Sea?"),
                    chat(Message.user("Sky?"), Message.assistant("Blue.")),
                    chat(Message.user("Sky?"), Message.assistant("Red."))))
        .hasMessage("the prompt is another than what chosen and rejected begin with");
  }

  @Test
  void chat_completionsMustBeTheAssistants() {
    assertThatThrownBy(
            () ->
                Sides.of(
                    Text.of("Sky?"), chat(Message.user("Blue.")), chat(Message.assistant("Red."))))
        .hasMessage(
            "chosen must begin with a message of the assistant after what it shares with the"
                + " other, got one of 'user'");
    assertThatThrownBy(
            () ->
                Sides.of(
                    Text.of("Sky?"),
                    chat(
                        Message.assistant("Blue."), Message.user("No."), Message.assistant("Yes.")),
                    chat(Message.assistant("Red."))))
        .hasMessage("chosen goes on with turns of the user");
    assertThatThrownBy(
            () -> Sides.of(chat(Message.assistant("Blue.")), chat(Message.assistant("Red."))))
        .hasMessage("chosen and rejected begin with different messages, so there is no prompt");
  }
}
