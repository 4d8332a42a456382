package org.dpo4j.examples.fieldcases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.dpo4j.examples.fieldcases.CaseData.CASES;
import static org.dpo4j.examples.fieldcases.CaseData.at;
import static org.dpo4j.examples.fieldcases.CaseData.chat;
import static org.dpo4j.examples.fieldcases.CaseData.demonstrations;
import static org.dpo4j.examples.fieldcases.CaseData.pairs;
import static org.dpo4j.examples.fieldcases.CaseData.skipped;
import static org.dpo4j.examples.fieldcases.CaseData.thumbs;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.BadRecords;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.examples.cli.CalledDpo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns that mean something, as public bug reports have them: each to its right value. */
class ColumnFieldCasesTest {

  private @TempDir Path folder;

  private PreferenceFiles lines(String... lines) throws IOException {
    return CaseData.lines(folder, lines);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trl.jsonl",
        "prompt-completion-kto_tag.jsonl",
        "messages.jsonl",
        "alpaca-kto_tag.jsonl"
      })
  void thumbsInEverySpelling_areOneUpAndOneDown_andNeverImitated(String file) {
    PreferenceFiles files = at("05-kto-messages-label/" + file);

    assertThat(thumbs(files)).extracting(UnpairedExample::desirable).containsExactly(true, false);
    assertThat(files.unpaired().dataset().get(1).completion().toString())
        .contains("Yes, very hot.");
    assertThatIllegalArgumentException()
        .isThrownBy(files::demonstrations)
        .withMessageContaining("holds thumbs up or down")
        .withMessageEndingWith("read it with unpaired()");
  }

  @ParameterizedTest
  @CsvSource({
    "prompt,response", "prompt,completion", "prompt,answer", "question,answer", "question,output",
    "query,response", "query,answer", "instruction,output", "instruction,response", "input,output"
  })
  void whatIsJudged_isNeverImitated(String prompt, String completion) throws IOException {
    String record = "{'" + prompt + "':'q%d','" + completion + "':' a','%s':%s}";

    for (String label : List.of("label", "kto_tag", "thumbs", "feedback")) {
      PreferenceFiles thumbs =
          lines(record.formatted(1, label, "'true'"), record.formatted(2, label, "'False'"));
      assertThat(thumbs(thumbs))
          .extracting(UnpairedExample::desirable)
          .containsExactly(true, false);
      assertThatIllegalArgumentException().isThrownBy(thumbs::demonstrations);
    }
    for (String rating : List.of("feedback", "score", "rating", "reward", "helpfulness")) {
      PreferenceFiles rated =
          lines(
              record.formatted(1, rating, "1"),
              record.formatted(2, rating, "0.1"),
              record.formatted(1, rating, "0.9").replace(" a", " b"));
      assertThat(demonstrations(rated))
          .extracting(SftExample::completion)
          .containsExactly(Text.of(" a"));
      assertThat(rated.demonstrations().summary().skipped(SkipReason.UNLABELLED)).isEqualTo(1);
    }
    for (String odd : List.of("-1", "0.5", "'maybe'")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> lines(record.formatted(1, "label", odd)).unpaired());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> lines(record.formatted(1, "label", odd)).demonstrations());
    }
  }

  @Test
  void aConversationWithAScore_isRated() throws IOException {
    String line =
        "{'messages':[{'role':'user','content':'q'},{'role':'assistant','content':'%s'}],'score':%s}";

    assertThat(pairs(lines(line.formatted("a", "0.1"), line.formatted("b", "0.9"))))
        .extracting(PreferencePair::chosen)
        .containsExactly(chat(Message.assistant("b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lines(line.formatted("a", "0.1")).demonstrations());
  }

  @Test
  void aJudgedRecordAfterManyThatAreNot_stopsADemonstrationFile() throws IOException {
    String[] lines =
        Stream.concat(
                Stream.generate(() -> "{'prompt':'q','completion':' a'}").limit(1000),
                Stream.of("{'prompt':'q','completion':' a','label':false}"))
            .toArray(String[]::new);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> lines(lines).demonstrations())
        .withMessageContaining(
            "a.jsonl:1001: is judged by 'label', in a file whose first records are not; what is"
                + " judged is not imitated");
  }

  @Test
  void aSystemColumn_makesAllRowsAlike_inAnyOrder() throws IOException {
    Message hi = Message.user("Hi");
    Message system = Message.system("Be kind.");

    assertThat(pairs(at("19-nulls/system.jsonl")))
        .extracting(PreferencePair::prompt)
        .containsExactly(chat(hi), chat(hi), chat(system, hi));
    String row = "{%s'question':'Hi','chosen':'Hello.','rejected':'Go.'}";
    String[] rows = {
      row.formatted(""), row.formatted("'system':'Be kind.',"), row.formatted("'system':null,")
    };
    for (PreferenceFiles files : List.of(lines(rows), lines(rows).inMemory())) {
      assertThat(pairs(files))
          .extracting(PreferencePair::prompt)
          .containsExactly(chat(hi), chat(system, hi), chat(hi));
      assertThat(files.pairs().summary().kept()).isEqualTo(3);
    }
  }

  @Test
  void aSystemColumn_isReadInEveryKind() throws IOException {
    Message hi = Message.user("Hi");
    Message system = Message.system("Be kind.");

    assertThat(
            thumbs(
                lines(
                    "{'prompt':'Hi','completion':'a','label':true}",
                    "{'prompt':'Hi','completion':'b','label':false,'system':'Be kind.'}")))
        .extracting(UnpairedExample::prompt)
        .containsExactly(chat(hi), chat(system, hi));
    assertThat(
            pairs(
                lines(
                    "{'prompt':'Hi','response':'a','score':2,'system':'Be kind.'}",
                    "{'prompt':'Hi','response':'b','score':1,'system':'Be kind.'}",
                    "{'prompt':'Hi','response':'c','score':3,'system':null}")))
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.prompt()).isEqualTo(chat(system, hi));
              assertThat(pair.chosen()).isEqualTo(chat(Message.assistant("a")));
            });
    assertThat(demonstrations(lines("{'system_prompt':'Be kind.','question':'Hi','response':'a'}")))
        .extracting(SftExample::prompt)
        .containsExactly(chat(system, hi));
  }

  @Test
  void nullsElsewhere_areSkippedWithAReason() {
    assertThat(skipped(at("19-nulls/content.jsonl"), SkipReason.MALFORMED)).isEqualTo(1);
    assertThat(skipped(at("19-nulls/first-null.jsonl"), SkipReason.MALFORMED)).isEqualTo(1);
    assertThat(skipped(at("19-nulls/rejected.jsonl"), SkipReason.MALFORMED)).isEqualTo(2);
    assertThat(skipped(at("19-nulls/empty-turn.jsonl"), SkipReason.EMPTY)).isEqualTo(1);
    assertThat(pairs(at("19-nulls/content.jsonl").badRecords(BadRecords.COUNT)))
        .singleElement()
        .satisfies(pair -> assertThat(pair.chosen()).isEqualTo(chat(Message.assistant("Hello."))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'images':['cat.png']",
        "'image':'cat.png'",
        "'image':{'path':null,'bytes':'AA=='}",
        "'videos':['a.mp4']",
        "'audios':['a.wav']",
        "'audio':'a.wav'"
      })
  void whatIsNoText_isUnsupported_unlessThereIsNone(String column) throws IOException {
    String pair = "{'prompt':'<image>q','chosen':' a','rejected':' b'";

    assertThat(skipped(lines(pair + "," + column + "}", pair + "}"), SkipReason.UNSUPPORTED))
        .isEqualTo(1);
    for (String none : List.of("'images':[]", "'image':null", "'images':[null]", "'image':''")) {
      assertThat(pairs(lines(pair + "," + none + "}"))).hasSize(1);
    }
  }

  @Test
  void imagesBesidePairsAndMessages_areUnsupported() {
    for (String file : List.of("column.jsonl", "messages.jsonl")) {
      assertThatIllegalArgumentException()
          .isThrownBy(at("20-images/" + file)::demonstrations)
          .withMessageContaining("skipped, unsupported: 1")
          .withMessageContaining("has images");
    }
    assertThat(pairs(at("20-images/empty-column.jsonl"))).hasSize(1);
  }

  @Test
  void templateArguments_belongToAChat_andAreNamedBesideTexts() throws IOException {
    String chat = "'prompt':[{'role':'user','content':'q'}],'chosen':'a','rejected':'b'";
    for (String arguments :
        List.of("{'enable_thinking':false,'x':null}", "\"{\\\"enable_thinking\\\": false}\"")) {
      assertThat(pairs(lines("{" + chat + ",'chat_template_kwargs':" + arguments + "}")))
          .extracting(PreferencePair::prompt)
          .containsExactly(
              new Text.Chat(
                  ImmutableList.of(Message.user("q")),
                  Optional.empty(),
                  ImmutableMap.of("enable_thinking", "false")));
    }
    DataSummary plain =
        lines(
                "{'prompt':'q','chosen':' a','rejected':' b','chat_template_kwargs':{'enable_thinking':false}}")
            .pairs()
            .summary();

    assertThat(plain.unread()).containsExactly(new DataSummary.Unread("chat_template_kwargs", 1));
    assertThat(plain)
        .asString()
        .endsWith(
            "not read, though some formats give them a meaning: chat_template_kwargs (1 records)");
  }

  @Test
  void extraColumns_stopNothing_andAreNamed() {
    DataSummary words = at("27-extra-columns/pairs.jsonl").pairs().summary();
    DataSummary objects = at("27-extra-columns/tags.jsonl").pairs().summary();
    DataSummary text = at("27-extra-columns/tags-str.jsonl").pairs().summary();

    assertThat(words.kept()).isEqualTo(1);
    assertThat(words.unread())
        .containsExactly(
            new DataSummary.Unread("messages", 1), new DataSummary.Unread("weight", 1));
    assertThat(objects.unread()).containsExactly(new DataSummary.Unread("tags", 1));
    assertThat(text.unread())
        .containsExactly(new DataSummary.Unread("agreement", 1), new DataSummary.Unread("tags", 1));
  }

  @Test
  void numbersAndTagsAsTexts_areRead() throws IOException {
    PreferencePair pair =
        pairs(
                lines(
                    "{'prompt':'q','chosen':' a','rejected':' b','weight':'0.5','agreement':'0.75',"
                        + "'tags':'maths'}"))
            .get(0);

    assertThat(pair.weight()).isEqualTo(0.5);
    assertThat(pair.agreement()).hasValue(0.75);
    assertThat(pair.tags()).containsExactly("maths");
    assertThat(
            pairs(
                lines(
                    "{'prompt':'q','chosen':' a','rejected':' b','weight':'0x1p3','tags':['x',1]}")))
        .extracting(PreferencePair::weight, PreferencePair::tags)
        .containsExactly(tuple(1.0, ImmutableSet.of("x", "1")));
  }

  @Test
  void inspect_namesWhatWasNotRead_andShowsToolsAndReasoning() {
    CalledDpo extra =
        CalledDpo.with("inspect", "--data", CASES.resolve("27-extra-columns/pairs.jsonl"));
    CalledDpo tools =
        CalledDpo.with("inspect", "--data", CASES.resolve("01-tools-column/pairs.jsonl"));
    CalledDpo reasoning =
        CalledDpo.with("inspect", "--data", CASES.resolve("02-reasoning-content/pairs.jsonl"));

    assertThat(extra.out())
        .contains(
            "not read, though some formats give them a meaning: messages (1 records), weight (1"
                + " records)");
    assertThat(tools.out()).contains("{tools: [{\"type\":\"function\"");
    assertThat(reasoning.out()).contains("[assistant] {thinks: A guess.} Five.");
  }

  @Test
  void sft_doesNotImitateAThumbDown() {
    CalledDpo sft =
        CalledDpo.with(
            "sft",
            "--model",
            Path.of("../dpo-torch/src/test/resources/models/llama"),
            "--data",
            CASES.resolve("05-kto-messages-label/messages.jsonl"),
            "--out",
            folder.resolve("run"),
            "--max-steps",
            "1");

    assertThat(sft.exitCode()).isNotZero();
    assertThat(sft.err()).contains("holds thumbs up or down");
    assertThat(folder.resolve("run").resolve("final")).doesNotExist();
  }
}
