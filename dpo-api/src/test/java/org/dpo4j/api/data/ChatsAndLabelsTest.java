package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts made chats, and formats in which a label stands beside what it was made of. */
class ChatsAndLabelsTest {

  private @TempDir Path folder;

  private PreferenceFiles files(String... lines) throws IOException {
    return PreferenceFiles.at(
        Files.writeString(
            folder.resolve("a.jsonl"), String.join("\n", lines).replace('\'', '"') + "\n"));
  }

  private PreferencePair pair(String line) throws IOException {
    return files(line).pairs().dataset().get(0);
  }

  private PreferencePair chat(String line) throws IOException {
    return files(line).asChats().pairs().dataset().get(0);
  }

  private static PreferencePair chat(List<Message> prompt, String chosen, String rejected) {
    return PreferencePair.of(
            prompt, List.of(Message.assistant(chosen)), List.of(Message.assistant(rejected)))
        .withId("a.jsonl:1");
  }

  private static PreferencePair sky(String chosen, String rejected) {
    return chat(List.of(Message.user("Sky?")), chosen, rejected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'instruction':'Sky?','input':'','chosen':'Blue.','rejected':'Red.'}",
        "{'prompt':'Sky?','chosen':'Blue.','rejected':'Red.'}",
        "{'question':'Sky?','chosen':'Blue.','rejected':'Red.'}",
        "{'prompt':'Sky?','response_1':'Red.','response_2':'Blue.','preference_strength':2}",
        "{'prompt':'Sky?','responses':['Blue.','Red.'],'ranks':[1,2]}",
        "{'chosen':'\\n\\nHuman: Sky?\\n\\nAssistant: Blue.','rejected':'\\n\\nHuman: Sky?\\n\\nAssistant: Red.'}",
        "{'prompt':[{'role':'user','content':'Sky?'}],'chosen':'Blue.','rejected':'Red.'}"
      })
  void asChats_aPromptIsTheUsersTurn_aCompletionTheAssistants(String line) throws IOException {
    PreferencePair read = chat(line);

    assertThat(read.prompt()).isEqualTo(sky("Blue.", "Red.").prompt());
    assertThat(read.chosen()).isEqualTo(sky("Blue.", "Red.").chosen());
    assertThat(read.rejected()).isEqualTo(sky("Blue.", "Red.").rejected());
  }

  @Test
  void asChats_textsStayAsTheyAre_transcriptsBecomeTurns() throws IOException {
    assertThat(chat("{'prompt':'Sky? ','chosen':' Blue.\\n','rejected':' Red.'}"))
        .isEqualTo(chat(List.of(Message.user("Sky? ")), " Blue.\n", " Red."));
    assertThat(
            chat(
                "{'chosen':'\\n\\nHuman: Hi\\n\\nAssistant: Yes?\\n\\nHuman: Sky?\\n\\nAssistant: Blue.',"
                    + "'rejected':'\\n\\nHuman: Hi\\n\\nAssistant: Yes?\\n\\nHuman: Sky?\\n\\nAssistant: Red.'}"))
        .isEqualTo(
            chat(
                List.of(Message.user("Hi"), Message.assistant("Yes?"), Message.user("Sky?")),
                "Blue.",
                "Red."));
  }

  @Test
  void asChats_aHistoryIsTheTurnsBefore_andWithoutItIsSkippedWithAdvice() throws IOException {
    String line =
        "{'instruction':'Sky?','input':'','output':'Blue.','system':'Brief.','history':[['Hi','Yes?']],"
            + "'chosen':'Blue.','rejected':'Red.'}";
    String plain = line.replace("'system':'Brief.',", "");

    assertThat(chat(line))
        .isEqualTo(
            chat(
                List.of(
                    Message.system("Brief."),
                    Message.user("Hi"),
                    Message.assistant("Yes?"),
                    Message.user("Sky?")),
                "Blue.",
                "Red."));
    DataSummary summary =
        files(plain, "{'instruction':'a','history':[],'chosen':'b','rejected':'c'}")
            .pairs()
            .summary();
    assertThat(summary.skipped(SkipReason.UNSUPPORTED)).isEqualTo(1);
    assertThat(summary.skipped().get(0).first().get(0))
        .endsWith(
            "a.jsonl:1: has a history of turns beside plain texts; read it as chats (--chat)");
  }

  @Test
  void asChats_thumbsRankingsAndDemonstrationsToo() throws IOException {
    UnpairedExample thumb =
        files("{'prompt':'Sky?','completion':'Blue.','label':true}")
            .asChats()
            .unpaired()
            .dataset()
            .get(0);
    RankedExample ranking =
        files(
                "{'prompt':'Sky?','response':'Red.','helpfulness':1}",
                "{'prompt':'Sky?','response':'Blue.','helpfulness':4}")
            .asChats()
            .rankings()
            .dataset()
            .get(0);
    SftExample shown =
        files("{'instruction':'Sky?','input':'Now','output':'Blue.'}")
            .asChats()
            .demonstrations()
            .dataset()
            .get(0);

    assertThat(thumb.prompt()).isEqualTo(Text.of(List.of(Message.user("Sky?"))));
    assertThat(thumb.completion()).isEqualTo(Text.of(List.of(Message.assistant("Blue."))));
    assertThat(ranking.prompt()).isEqualTo(thumb.prompt());
    assertThat(ranking.completions().get(0)).isEqualTo(thumb.completion());
    assertThat(shown.prompt()).isEqualTo(Text.of(List.of(Message.user("Sky?\nNow"))));
    assertThat(shown.completion()).isEqualTo(thumb.completion());
  }

  @Test
  void columns_withSystem_makeChats_andABlankOneIsNoTurn() throws IOException {
    Columns columns = Columns.pair("q", "a", "b").withSystem("s");

    assertThat(
            files(
                    "{'q':'Sky?','a':'Blue.','b':'Red.','s':'Brief.'}",
                    "{'q':'Sky?','a':'x','b':'y','s':null}")
                .columns(columns)
                .pairs()
                .dataset())
        .containsExactly(
            chat(List.of(Message.system("Brief."), Message.user("Sky?")), "Blue.", "Red."),
            sky("x", "y").withId("a.jsonl:2"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> files("{'q':'Sky?','a':'Blue.','b':'Red.'}").columns(columns).pairs())
        .withMessageContaining("has no column [s], which was named");
  }

  @Test
  void swift_theLastTurnAgainstWhatWasRejected() throws IOException {
    String messages =
        "{'messages':[{'role':'user','content':'Sky?'},{'role':'assistant','content':'Blue.'}],";

    assertThat(pair(messages + "'rejected_response':'Red.'}")).isEqualTo(sky("Blue.", "Red."));
    assertThat(
            pair(
                messages
                    + "'rejected_messages':[{'role':'user','content':'Sky?'},"
                    + "{'role':'assistant','content':'Red.'}]}"))
        .isEqualTo(sky("Blue.", "Red."));
    assertThat(files(messages + "'rejected_response':['Red.','Grey.']}").pairs().dataset())
        .containsExactly(
            sky("Blue.", "Red.").withId("a.jsonl:1#1"),
            sky("Blue.", "Grey.").withId("a.jsonl:1#2"));
    assertThat(
            pair(
                "{'system':'Brief.','query':'Sky?','response':'Blue.','rejected_response':'Red.',"
                    + "'history':[['Hi','Yes?']]}"))
        .isEqualTo(
            chat(
                List.of(
                    Message.system("Brief."),
                    Message.user("Hi"),
                    Message.assistant("Yes?"),
                    Message.user("Sky?")),
                "Blue.",
                "Red."));
    assertThat(
            files(messages + "'rejected_response':null}", messages + "'rejected_response':'Red.'}")
                .pairs()
                .summary()
                .skipped(SkipReason.UNLABELLED))
        .isEqualTo(1);
  }

  @Test
  void generationsWithRatings_besideLabels_areOnlyWhereThoseCameFrom() throws IOException {
    String labelled =
        "{'instruction':'Sky?','generations':['Blue.','Red.','Grey.'],'ratings':[5,null,2],"
            + "'chosen':[{'role':'user','content':'Sky?'},{'role':'assistant','content':'Blue.'}],"
            + "'rejected':[{'role':'user','content':'Sky?'},{'role':'assistant','content':'Red.'}],"
            + "'chosen_rating':5,'rejected_rating':1}";

    assertThat(pair(labelled)).isEqualTo(sky("Blue.", "Red.").withRatingGap(4));
    assertThat(
            files(labelled.replaceAll("'(chosen|rejected)':\\[.*?\\]", "'$1':null"), labelled)
                .badRecords(BadRecords.COUNT)
                .pairs()
                .summary()
                .kept())
        .as("a row that lacks its labels does not make the others unlabelled")
        .isEqualTo(1);
    assertThat(
            pair(
                "{'instruction':'Sky?','generations':['Blue.','Red.','Grey.'],'ratings':[5,null,2]}"))
        .isEqualTo(
            PreferencePair.of("Sky?", "Blue.", "Grey.").withRatingGap(3).withId("a.jsonl:1"));
    assertThat(
            pair(
                "{'prompt':'Sky?','responses':['Blue.','Red.'],'scores':[2,1],'chosen':0,'rejected':1}"))
        .isEqualTo(PreferencePair.of("Sky?", "Blue.", "Red.").withRatingGap(1).withId("a.jsonl:1"));
  }

  private static final String POST =
      "'info':{'id':'t3','post':'I saw it.','title':'Sky','subreddit':'sky'},'split':'train','worker':'w',";

  @Test
  void tldrComparisons_theChoiceIsTheIndex() throws IOException {
    String line =
        "{"
            + POST
            + "'summaries':[{'text':' Blue.','policy':'a'},{'text':'Red.','policy':'b'}],"
            + "'choice':%d,'extra':{'confidence':7}}";
    String prompt = "SUBREDDIT: r/sky\n\nTITLE: Sky\n\nPOST: I saw it.\n\nTL;DR:";

    assertThat(pair(String.format(Locale.ROOT, line, 0)))
        .isEqualTo(PreferencePair.of(prompt, " Blue.", " Red.").withId("a.jsonl:1"));
    assertThat(pair(String.format(Locale.ROOT, line, 1)))
        .isEqualTo(PreferencePair.of(prompt, " Red.", " Blue.").withId("a.jsonl:1"));
    assertThat(
            pair(String.format(Locale.ROOT, line, 0)
                    .replaceFirst("'post':.*?'subreddit':'sky'", "'article':'Long.'"))
                .prompt())
        .isEqualTo(Text.of("Article:\nLong.\n\nTL;DR:"));
  }

  @Test
  void tldrRatings_ofOnePostAreCompared() throws IOException {
    String line = "{" + POST + "'summary':{'text':' %s','axes':{'overall':%s,'accuracy':7}}}";

    assertThat(
            files(
                    String.format(Locale.ROOT, line, "Red.", 2),
                    String.format(Locale.ROOT, line, "None.", "null"),
                    String.format(Locale.ROOT, line, "Blue.", 6))
                .pairs()
                .dataset())
        .extracting(pair -> pair.chosen() + " " + pair.ratingGap())
        .containsExactly(Text.of(" Blue.") + " OptionalDouble[4.0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'role': 'assistant', 'content': \"It's blue.\"}",
        "[{'content': 'Blue.', 'role': 'assistant'}]",
        "[{'content': 'Sky?', 'role': 'user'}\n {'content': 'Blue.', 'role': 'assistant'}]",
        "array([{'role': 'assistant', 'content': 'Blue.', 'n': None}], dtype=object)",
        " [{'from': 'gpt', 'value': 'It\\'s [blue}.'}] ",
        "[{'role': 'assistant', 'content': ['Blue.', nan, -1.5e3, True]}]"
      })
  void pythonsNotation_asAWhole_isRefusedEverywhere(String text) throws IOException {
    Path csv = folder.resolve("b.csv");
    Files.writeString(
        csv, "prompt,chosen,rejected\nSky?,\"" + text.replace("\"", "\"\"") + "\",Red.\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(csv).pairs())
        .withMessageContaining(
            "'chosen' has messages as Python prints them, not as JSON; write them with json.dumps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1, 2, 3]",
        "['a', 'b']",
        "{'a': 1}",
        "{'role': 'user'} is a dictionary.",
        "[{'role': 'user', 'content': 'cut o",
        "None",
        "{'role': 'king'}",
        "{1: {'role'}}",
        "[]",
        "array(x"
      })
  void pythonsNotation_thatIsNoMessages_isText(String text) {
    assertThat(PythonLiteral.isMessages(text)).isFalse();
  }

  @Test
  void aCellWithOneMessageAsJson_isAMessage() throws IOException {
    Path csv = folder.resolve("b.csv");
    Files.writeString(
        csv,
        "prompt,chosen,rejected\nSky?,\"{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"Blue.\"\"}\",Red.\n");

    assertThat(PreferenceFiles.at(csv).pairs().dataset().get(0))
        .isEqualTo(sky("Blue.", "Red.").withId("b.csv:2"));
  }
}
