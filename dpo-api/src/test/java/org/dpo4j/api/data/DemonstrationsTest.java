package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SFT imitates, from files. */
class DemonstrationsTest {

  @TempDir Path folder;

  private PreferenceFiles file(String... lines) throws IOException {
    List<String> json = Stream.of(lines).map(line -> line.replace('\'', '"')).toList();
    return PreferenceFiles.at(Files.write(folder.resolve("a.jsonl"), json))
        .badRecords(BadRecords.COUNT);
  }

  private List<SftExample> read(String... lines) throws IOException {
    return ImmutableList.copyOf(file(lines).demonstrations().dataset());
  }

  private static SftExample plain(String prompt, String completion) {
    return SftExample.of(prompt, completion).withId("a.jsonl:1");
  }

  private static SftExample chat(String id, List<Message> prompt, String completion) {
    return SftExample.of(prompt, List.of(Message.assistant(completion))).withId(id);
  }

  @Test
  void promptAndCompletion_areTakenAsTheyAre() throws IOException {
    assertThat(read("{'prompt':'Sky?','completion':' Blue.'}"))
        .containsExactly(plain("Sky?", " Blue."));
    assertThat(read("{'question':'Sky?','answer':' Blue.','weight':2}"))
        .containsExactly(plain("Sky?", " Blue.").withWeight(2));
  }

  @Test
  void alpaca_theInputFollowsTheInstruction() throws IOException {
    assertThat(read("{'instruction':'What colour is it?','input':'The sky','output':'Blue.'}"))
        .containsExactly(plain("What colour is it?\nThe sky", "Blue."));
    assertThat(read("{'instruction':'Sky?','input':'','output':'Blue.'}"))
        .containsExactly(plain("Sky?", "Blue."));
  }

  @Test
  void aSystemText_makesChatsOfTexts() throws IOException {
    assertThat(read("{'system':'Be brief.','prompt':'Sky?','completion':'Blue.'}"))
        .containsExactly(
            chat("a.jsonl:1", List.of(Message.system("Be brief."), Message.user("Sky?")), "Blue."));
  }

  @Test
  void promptAndCompletion_mayBeMessages() throws IOException {
    assertThat(
            read(
                "{'prompt':[{'role':'user','content':'Sky?'}],"
                    + "'completion':[{'role':'assistant','content':'Blue.'}]}"))
        .containsExactly(chat("a.jsonl:1", List.of(Message.user("Sky?")), "Blue."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages':[{'role':'system','content':'Be brief.'},{'role':'user','content':'Sky?'},"
            + "{'role':'assistant','content':'Blue.'},{'role':'user','content':'Sea?'},"
            + "{'role':'assistant','content':'Too.'}]}",
        "{'system':'Be brief.','conversations':[{'from':'human','value':'Sky?'},"
            + "{'from':'gpt','value':'Blue.'},{'from':'human','value':'Sea?'},"
            + "{'from':'gpt','value':'Too.'}]}"
      })
  void ofAConversation_eachTurnOfTheAssistantIsADemonstration(String line) throws IOException {
    List<Message> first = List.of(Message.system("Be brief."), Message.user("Sky?"));
    List<Message> second =
        ImmutableList.<Message>builder()
            .addAll(first)
            .add(Message.assistant("Blue."), Message.user("Sea?"))
            .build();

    assertThat(read(line))
        .containsExactly(chat("a.jsonl:1#1", first, "Blue."), chat("a.jsonl:1#2", second, "Too."));
  }

  @Test
  void aGreetingBeforeAnyQuestion_isNotLearnt() throws IOException {
    assertThat(
            read(
                "{'messages':[{'role':'assistant','content':'Hello.'},"
                    + "{'role':'user','content':'Sky?'},{'role':'assistant','content':'Blue.'}]}"))
        .containsExactly(
            chat("a.jsonl:1", List.of(Message.assistant("Hello."), Message.user("Sky?")), "Blue."));
  }

  @Test
  void whatTeachesNothing_isCounted() throws IOException {
    String good = "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}";
    DataSummary summary =
        file(
                good,
                "{'messages':[{'role':'user','content':'a'}]}",
                "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':' '}]}",
                "{'messages':'a'}",
                "{'tools':['clock']," + good.substring(1))
            .demonstrations()
            .summary();

    assertThat(summary.kept()).isEqualTo(1);
    assertThat(summary.skipped(SkipReason.EMPTY)).isEqualTo(2);
    assertThat(summary.skipped(SkipReason.MALFORMED)).isEqualTo(1);
    assertThat(summary.skipped(SkipReason.UNSUPPORTED)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'messages':'a'} | 'messages' must be messages, got \"a\"",
        "{'text':'a'} | has no conversation under one of [messages, conversations, conversation]"
      })
  void aRecordThatIsNoConversation_saysWhatItLacks(String line, String problem) throws IOException {
    String good = "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}";

    assertThatIllegalArgumentException()
        .isThrownBy(file(good, line).badRecords(BadRecords.STOP)::demonstrations)
        .withMessageContaining("a.jsonl:2: " + problem);
  }

  @Test
  void aDemonstrationWithoutItsPrompt_saysWhatItLacks() throws IOException {
    PreferenceFiles files =
        file("{'prompt':'Sky?','completion':' Blue.'}", "{'completion':' Blue.'}")
            .badRecords(BadRecords.STOP);

    assertThatIllegalArgumentException()
        .isThrownBy(files::demonstrations)
        .withMessageContaining(
            "a.jsonl:2: has none of [prompt, instruction, question, input, query]");
  }

  @Test
  void ofPreferences_theChosenCompletionIsImitated() throws IOException {
    assertThat(read("{'prompt':'Sky?','chosen':' Blue.','rejected':' Red.','weight':0.5}"))
        .containsExactly(plain("Sky?", " Blue.").withWeight(0.5));
  }

  @Test
  void ofScoredCompletions_theBestIsImitated() throws IOException {
    assertThat(read("{'prompt':'Sky?','responses':[' Red.',' Blue.',' Azure.'],'scores':[1,5,5]}"))
        .containsExactly(plain("Sky?", " Blue."));
    assertThat(
            read(
                "{'prompt':'Sky?','response':' Red.','helpfulness':1}",
                "{'prompt':'Sky?','response':' Blue.','helpfulness':4}"))
        .containsExactly(plain("Sky?", " Blue."));
    DataSummary tied =
        file(
                "{'prompt':'Sky?','responses':[' Red.',' Blue.'],'scores':[1,5]}",
                "{'prompt':'Sky?','responses':[' Red.',' Blue.'],'scores':[5,5]}")
            .demonstrations()
            .summary();
    assertThat(tied.kept()).isEqualTo(1);
    assertThat(tied.skipped(SkipReason.TIED)).isEqualTo(1);
  }

  @Test
  void columns_canBeNamed() throws IOException {
    assertThat(
            ImmutableList.copyOf(
                file("{'ask':{'it':'Sky?'},'say':' Blue.'}")
                    .columns(new Columns.Demonstration("ask.it", "say"))
                    .demonstrations()
                    .dataset()))
        .containsExactly(plain("Sky?", " Blue."));
  }

  @Test
  void thumbsWhoseFirstRecordsNobodyLabelled_areStillThumbs() throws IOException {
    PreferenceFiles thumbs =
        file(
            "{'prompt':'Sky?','completion':' Red.'}",
            "{'prompt':'Sky?','completion':' Blue.','label':true}");

    assertThat(thumbs.unpaired().dataset()).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(thumbs::demonstrations)
        .withMessageContaining("holds thumbs up or down")
        .withMessageEndingWith("of which no demonstrations can be made; read it with unpaired()");
  }

  @Test
  void demonstrations_areNoPreferences() throws IOException {
    PreferenceFiles demonstrations = file("{'prompt':'Sky?','completion':' Blue.'}");

    assertThatIllegalArgumentException()
        .isThrownBy(demonstrations::pairs)
        .withMessageContaining("holds demonstrations (")
        .withMessageEndingWith(
            "of which no pairs can be made; read it with demonstrations(), or name the columns that"
                + " say what is better with columns(…)");
    assertThatIllegalArgumentException()
        .isThrownBy(demonstrations::unpaired)
        .withMessageContaining("read it with demonstrations(), or");
    assertThatIllegalArgumentException()
        .isThrownBy(demonstrations::rankings)
        .withMessageContaining("read it with demonstrations(), or");
  }

  @Test
  void theDataset_saysWhereItIsFrom() throws IOException {
    Dataset<SftExample> dataset =
        file("{'prompt':'Sky?','completion':' Blue.'}").demonstrations().dataset();

    assertThat(dataset.sources()).hasSize(1);
    assertThat(dataset.sources().get(0).kept()).isEqualTo(1);
  }
}
