package org.dpo4j.examples.fieldcases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.dpo4j.examples.fieldcases.CaseData.at;
import static org.dpo4j.examples.fieldcases.CaseData.chat;
import static org.dpo4j.examples.fieldcases.CaseData.demonstrations;
import static org.dpo4j.examples.fieldcases.CaseData.pairs;
import static org.dpo4j.examples.fieldcases.CaseData.skipped;
import static org.dpo4j.examples.fieldcases.CaseData.thumbs;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools, reasoning, masks and roles of turns, as public bug reports have them. */
class TurnFieldCasesTest {

  private static final String TOOL =
      "{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"description\":\"time in a city\","
          + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}";
  private static final String TOOLS = "[" + TOOL + "]";
  private static final Message OSLO = Message.user("What time is it in Oslo?");

  private @TempDir Path folder;

  private PreferenceFiles lines(String... lines) throws IOException {
    return CaseData.lines(folder, lines);
  }

  private static Text.Chat withTools(Message... messages) {
    return new Text.Chat(ImmutableList.copyOf(messages), Optional.of(TOOLS), ImmutableMap.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pairs.jsonl", "pairs-string.jsonl"})
  void toolsBesidePairs_belongToThePrompt(String file) {
    assertThat(pairs(at("01-tools-column/" + file)))
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.prompt()).isEqualTo(withTools(OSLO));
              assertThat(pair.chosen()).isEqualTo(chat(Message.assistant("Let me look.")));
              assertThat(pair.rejected()).isEqualTo(chat(Message.assistant("No idea.")));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"demonstration.jsonl", "messages.jsonl", "messages-string.jsonl"})
  void toolsBesideDemonstrations_belongToThePrompt(String file) {
    assertThat(demonstrations(at("01-tools-column/" + file)))
        .singleElement()
        .satisfies(
            shown -> {
              assertThat(shown.prompt()).isEqualTo(withTools(OSLO));
              assertThat(shown.completion()).isEqualTo(chat(Message.assistant("Let me look.")));
            });
  }

  @Test
  void callsAndResultsOfTools_areKeptForTheTemplate() {
    Message user = Message.user("Time in Oslo?");
    Message call =
        new Message(
            "assistant",
            "",
            Optional.empty(),
            ImmutableMap.of(
                "tool_calls",
                "[{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":{\"city\":\"Oslo\"}}}]"));
    Message result =
        new Message("tool", "12:00", Optional.empty(), ImmutableMap.of("name", "\"clock\""));

    List<SftExample> openAi = demonstrations(at("01-tools-column/toolcalls.jsonl"));
    List<SftExample> shareGpt = demonstrations(at("01-tools-column/sharegpt-function.jsonl"));

    assertThat(openAi)
        .extracting(SftExample::prompt)
        .containsExactly(withTools(user), withTools(user, call, result));
    assertThat(openAi)
        .extracting(SftExample::completion)
        .containsExactly(chat(call), chat(Message.assistant("Noon.")));
    assertThat(shareGpt)
        .extracting(SftExample::prompt)
        .containsExactly(chat(user), chat(user, call, new Message("tool", "12:00")));
    assertThat(shareGpt)
        .extracting(SftExample::completion)
        .containsExactly(chat(call), chat(Message.assistant("Noon.")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'prompt':[{'role':'user','content':'q'}],'completion':'a','label':true",
        "'messages':[{'role':'user','content':'q'},{'role':'assistant','content':'a'}],'label':true",
        "'conversations':[{'from':'human','value':'q'},{'from':'gpt','value':'a'}],'kto_tag':true",
        "'instruction':'q','input':'','output':'a','kto_tag':true",
        "'system':null,'question':'q','answer':'a','label':1",
      })
  void toolsBesideThumbs_belongToThePrompt(String fields) throws IOException {
    for (String tools : List.of(TOOLS, "\"" + TOOLS.replace("\"", "\\\"") + "\"")) {
      assertThat(thumbs(lines("{" + fields + ",\"tools\":" + tools + "}")))
          .containsExactly(
              UnpairedExample.of(withTools(Message.user("q")), chat(Message.assistant("a")), true)
                  .withId("a.jsonl:1"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'prompt':[{'role':'user','content':'q'}],'responses':['a','b'],'scores':[2,1],'tools':%s}",
        "{'prompt':[{'role':'user','content':'q'}],'answers':[{'answer':'a','rank':1},{'answer':'b','rank':2}],'tools':%s}",
        "{'input':{'messages':[{'role':'user','content':'q'}],'tools':%s},'preferred_output':[{'role':'assistant','content':'a'}],'non_preferred_output':[{'role':'assistant','content':'b'}]}",
        "{'context':[{'role':'user','content':'q'}],'response1':'b','response2':'a','overall_preference':2,'tools':%s}",
        "{'conversations':[{'from':'human','value':'q'}],'chosen':{'from':'gpt','value':'a'},'rejected':{'from':'gpt','value':'b'},'tools':%s}",
        "{'instruction':'q','chosen':'a','rejected':'b','tools':%s}",
        "{'chosen':[{'role':'user','content':'q'},{'role':'assistant','content':'a'}],'rejected':[{'role':'user','content':'q'},{'role':'assistant','content':'b'}],'tools':%s}",
      })
  void toolsInEveryFormat_belongToThePromptOfPairsAndRankings(String line) throws IOException {
    String[] record = {line.replace('\'', '"').replace("%s", TOOLS)};

    assertThat(pairs(lines(record)))
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.prompt()).isEqualTo(withTools(Message.user("q")));
              assertThat(pair.chosen()).isEqualTo(chat(Message.assistant("a")));
            });
    assertThat(lines(record).rankings().dataset().get(0).prompt())
        .isEqualTo(withTools(Message.user("q")));
  }

  @Test
  void toolsBesidePlainTexts_areUnsupported_andNoToolsAreNone() throws IOException {
    String pair = "'prompt':'q','chosen':' a','rejected':' b'";
    DataSummary summary =
        lines(
                "{" + pair + ",'tools':[{'name':'clock'}]}",
                "{" + pair + ",'tools':'not JSON'}",
                "{" + pair + ",'tools':[]}",
                "{" + pair + ",'tools':'[]'}",
                "{" + pair + ",'tools':null}",
                "{" + pair + ",'tools':''}")
            .pairs()
            .summary();

    assertThat(summary.skipped(SkipReason.UNSUPPORTED)).isEqualTo(2);
    assertThat(summary.kept()).isEqualTo(4);
  }

  @Test
  void reasoning_isPartOfATurn() {
    Message thought = Message.assistant("Four.").withReasoning("Two and two make four.");

    assertThat(demonstrations(at("02-reasoning-content/messages.jsonl")))
        .extracting(SftExample::completion)
        .containsExactly(chat(thought));
    assertThat(pairs(at("02-reasoning-content/pairs.jsonl")))
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.chosen()).isEqualTo(chat(thought));
              assertThat(pair.rejected())
                  .isEqualTo(chat(Message.assistant("Five.").withReasoning("A guess.")));
            });
    assertThat(pairs(at("02-reasoning-content/same-content.jsonl")))
        .singleElement()
        .satisfies(
            pair ->
                assertThat(pair.rejected())
                    .isEqualTo(chat(Message.assistant("Four.").withReasoning("A guess."))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'reasoning':'r'", "'thinking':'r'", "'reasoning_content':'r','thinking':null"})
  void reasoning_hasSeveralNames(String field) throws IOException {
    assertThat(
            thumbs(
                lines(
                    "{'messages':[{'role':'user','content':'q'},{'role':'assistant','content':'a',"
                        + field
                        + "}],'label':false}")))
        .extracting(UnpairedExample::completion)
        .containsExactly(chat(Message.assistant("a").withReasoning("r")));
  }

  @Test
  void masksOfShareGpt_leaveOneDemonstration() {
    PreferenceFiles files = at("04-sharegpt-loss/conversations.jsonl");

    assertThat(demonstrations(files))
        .singleElement()
        .satisfies(
            shown -> {
              assertThat(shown.prompt())
                  .isEqualTo(
                      chat(
                          Message.user("Look around."),
                          Message.assistant("OK."),
                          Message.user("You see a lamp.")));
              assertThat(shown.completion()).isEqualTo(chat(Message.assistant("Take the lamp.")));
            });
    assertThat(files.demonstrations().summary().skipped(SkipReason.MASKED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'weight':0",
        "'weight':0.0",
        "'weight':'0'",
        "'loss':false",
        "'loss':0",
        "'train':false",
        "'training':'false'",
        "'mask':true",
        "'loss_scale':0"
      })
  void aMaskedTurn_isContextAndNeverLearnt(String mask) throws IOException {
    String user = "{'role':'user','content':'q'},";
    String masked = "{'role':'assistant','content':'OK.'," + mask + "}";
    String learnt = "{'role':'assistant','content':'OK.'}";

    PreferenceFiles conversations =
        lines(
            "{'messages':[" + user + masked + "," + user + learnt + "]}",
            "{'messages':[" + user + masked + "]}");
    assertThat(demonstrations(conversations))
        .extracting(SftExample::id)
        .containsExactly("a.jsonl:1");
    assertThat(conversations.demonstrations().summary().skipped(SkipReason.MASKED)).isEqualTo(2);
    assertThat(
            skipped(
                lines(
                    "{'prompt':'q','chosen':["
                        + masked
                        + "],'rejected':[{'role':'assistant','content':'No.'}]}",
                    "{'prompt':'q','chosen':"
                        + learnt
                        + ",'rejected':{'role':'assistant','content':'No.'}}"),
                SkipReason.MASKED))
        .isEqualTo(1);
    // A turn that both completions begin with is no completion.
    assertThat(
            pairs(
                lines(
                    "{'chosen':["
                        + user
                        + masked
                        + ","
                        + user
                        + learnt
                        + "],'rejected':["
                        + user
                        + learnt
                        + ","
                        + user
                        + "{'role':'assistant','content':'No.'}]}")))
        .singleElement()
        .satisfies(
            pair ->
                assertThat(pair.prompt())
                    .isEqualTo(
                        chat(Message.user("q"), Message.assistant("OK."), Message.user("q"))));
  }

  @Test
  void rolesInOtherSpellings_areThoseOfTemplates() {
    assertThat(pairs(at("12-role-names/prompter.jsonl")))
        .extracting(PreferencePair::prompt)
        .containsExactly(chat(Message.user("Hi")));
    for (String file : List.of("model.jsonl", "bot.jsonl")) {
      assertThat(pairs(at("12-role-names/" + file)))
          .singleElement()
          .satisfies(
              pair -> {
                assertThat(pair.chosen()).isEqualTo(chat(Message.assistant("Hello.")));
                assertThat(pair.rejected()).isEqualTo(chat(Message.assistant("Go.")));
              });
    }
    for (String file : List.of("sft-question.jsonl", "sft-bot.jsonl")) {
      assertThat(demonstrations(at("12-role-names/" + file)))
          .singleElement()
          .satisfies(
              shown -> {
                assertThat(shown.prompt()).isEqualTo(chat(Message.user("Hi")));
                assertThat(shown.completion()).isEqualTo(chat(Message.assistant("Hello.")));
              });
    }
  }

  @Test
  void anUnknownRole_isNamed() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                lines("{'prompt':[{'role':'moderator','content':'q'}],'chosen':'a','rejected':'b'}")
                    .pairs())
        .withMessageContaining(
            "a message of 'prompt' has the role 'moderator', which is none of [user, human,"
                + " prompter, question, assistant");
  }
}
