package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each format, from a record as it is published or exported. */
class FormatsTest {

  @TempDir Path folder;

  private PreferenceFiles file(String... lines) throws IOException {
    return PreferenceFiles.at(Files.write(folder.resolve("a.jsonl"), ImmutableList.copyOf(lines)))
        .badRecords(BadRecords.COUNT);
  }

  private List<PreferencePair> pairs(String... lines) throws IOException {
    return ImmutableList.copyOf(file(lines).pairs().dataset());
  }

  private PreferencePair pair(String line) throws IOException {
    assertThat(pairs(line)).hasSize(1);
    return pairs(line).get(0);
  }

  private String format(String line) throws IOException {
    return file(line).pairs().summary().files().get(0).format();
  }

  /** What is skipped of a record, beside one that is good. */
  private DataSummary skipped(String line, String good) throws IOException {
    DataSummary summary = file(line, good).pairs().summary();
    assertThat(summary.records()).isEqualTo(2);
    return summary;
  }

  private static PreferencePair plain(String prompt, String chosen, String rejected) {
    return PreferencePair.of(prompt, chosen, rejected).withId("a.jsonl:1");
  }

  private static PreferencePair chat(List<Message> prompt, String chosen, String rejected) {
    return PreferencePair.of(
            prompt, List.of(Message.assistant(chosen)), List.of(Message.assistant(rejected)))
        .withId("a.jsonl:1");
  }

  private static final String TRL = "{'prompt':'Sky?','chosen':' Blue.','rejected':' Red.'}";

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @Test
  void explicit_texts_areTakenAsTheyAre() throws IOException {
    assertThat(pair(json(TRL))).isEqualTo(plain("Sky?", " Blue.", " Red."));
    assertThat(format(json(TRL))).isEqualTo("pairs (prompt, chosen, rejected)");
  }

  @Test
  void explicit_messages_areChats() throws IOException {
    assertThat(
            pair(
                json(
                    "{'prompt':[{'role':'system','content':'Brief.'},{'role':'user','content':'Sky?'}],"
                        + "'chosen':[{'role':'assistant','content':'Blue.'}],"
                        + "'rejected':[{'role':'assistant','content':'Red.'}]}")))
        .isEqualTo(chat(List.of(Message.system("Brief."), Message.user("Sky?")), "Blue.", "Red."));
  }

  @Test
  void explicit_knowsWhatStandsBeside() throws IOException {
    assertThat(
            pair(
                json(
                    "{'prompt':'q','chosen':'a','rejected':'b','margin':0.5,'agreement':0.8,"
                        + "'weight':2,'tags':['safe','short'],'score_chosen':null}")))
        .isEqualTo(
            plain("q", "a", "b")
                .withMargin(0.5)
                .withAgreement(0.8)
                .withWeight(2)
                .withTags("safe", "short"));
  }

  @Test
  void explicit_votesBecomeAgreement() throws IOException {
    String pair =
        "{'prompt':'q','chosen':'a','rejected':'b','votes_chosen':%d,'votes_rejected':%d}";
    assertThat(pair(json(String.format(Locale.ROOT, pair, 4, 1))))
        .isEqualTo(plain("q", "a", "b").withAgreement(0.8));
    // One vote says nothing about how many others would agree.
    assertThat(pair(json(String.format(Locale.ROOT, pair, 1, 0)))).isEqualTo(plain("q", "a", "b"));

    DataSummary summary =
        file(
                json(String.format(Locale.ROOT, pair, 2, 2)),
                json(String.format(Locale.ROOT, pair, 1, 3)),
                json(String.format(Locale.ROOT, pair, 0, 0)),
                json(TRL))
            .pairs()
            .summary();
    assertThat(summary.skipped())
        .extracting(skip -> skip.first().get(0).replace(folder + "/", ""))
        .containsExactly(
            "a.jsonl:1: 2 of 4 are for each of the two",
            "a.jsonl:3: nobody has preferred one of the two",
            "a.jsonl:2: 1.0 votes are for chosen and 3.0 for rejected");
    assertThat(summary.skipped(SkipReason.NO_MAJORITY)).isEqualTo(1);
    assertThat(summary.skipped(SkipReason.UNLABELLED)).isEqualTo(1);
    assertThat(summary.skipped(SkipReason.CONTRADICTED)).isEqualTo(1);
  }

  private static final String BINARIZED =
      "{'prompt':'Sky?','prompt_id':'f0e1','messages':[{'role':'user','content':'Sky?'},"
          + "{'role':'assistant','content':'Blue.'}],"
          + "'chosen':[{'role':'user','content':'Sky?'},{'role':'assistant','content':'Blue.'}],"
          + "'rejected':[{'role':'user','content':'Sky?'},{'role':'assistant','content':'Red.'}],"
          + "'score_chosen':%s,'score_rejected':%s}";

  @Test
  void ultraFeedbackPairs_scoresAreKept_andMarginsOnlyWhereAskedFor() throws IOException {
    String line = json(String.format(Locale.ROOT, BINARIZED, 8.5, 6));
    PreferencePair pair = chat(List.of(Message.user("Sky?")), "Blue.", "Red.").withRatingGap(2.5);

    assertThat(pair(line)).isEqualTo(pair);
    assertThat(file(line).margins(RatingMargins.perPoint(0.2)).pairs().dataset())
        .containsExactly(pair.withMargin(0.5));
    assertThat(file(line).margins(RatingMargins.ofSpread(0.2)).pairs().dataset())
        .containsExactly(pair.withMargin(0.2));
  }

  @Test
  void ultraFeedbackPairs_theLabelWinsOverEqualScores_andContradictingOnesAreCounted()
      throws IOException {
    assertThat(pair(json(String.format(Locale.ROOT, BINARIZED, 7, 7))))
        .isEqualTo(chat(List.of(Message.user("Sky?")), "Blue.", "Red.").withRatingGap(0));
    assertThat(
            skipped(json(String.format(Locale.ROOT, BINARIZED, 6, 7)), json(TRL))
                .skipped(SkipReason.CONTRADICTED))
        .isEqualTo(1);
  }

  @Test
  void ultraFeedback_completionsOfOneInstruction_makeAllPairs() throws IOException {
    String line =
        json(
            "{'source':'evol','instruction':'Sky?','models':['m','n','o'],'completions':["
                + "{'model':'m','response':'Red.','overall_score':2.0},"
                + "{'model':'n','response':'Blue.','overall_score':8.0},"
                + "{'model':'o','response':'Green.','overall_score':2.0}]}");
    FileData<?> data = file(line).pairs();

    assertThat(file(line).pairs().dataset())
        .containsExactly(
            PreferencePair.of("Sky?", "Blue.", "Red.").withRatingGap(6).withId("a.jsonl:1#1"),
            PreferencePair.of("Sky?", "Blue.", "Green.").withRatingGap(6).withId("a.jsonl:1#2"));
    assertThat(data.summary().skipped(SkipReason.TIED)).isEqualTo(1);
    assertThat(file(line).pairing(Pairing.BEST_AND_WORST).pairs().dataset())
        .containsExactly(plain("Sky?", "Blue.", "Red.").withRatingGap(6));
  }

  @Test
  void scoredLists_ofRatingsOrRanks() throws IOException {
    assertThat(pair(json("{'prompt':'q','responses':['a','b'],'ratings':[3,'4'],'note':'1-5'}")))
        .isEqualTo(plain("q", "b", "a").withRatingGap(1));
    assertThat(pair(json("{'prompt':'q','completions':['a','b'],'ranks':[2,1]}")))
        .isEqualTo(plain("q", "b", "a"));
    assertThat(
            pair(
                json(
                    "{'instruction':'q','generations':[{'text':'a','score':1},{'text':'b','score':0.5}]}")))
        .isEqualTo(plain("q", "a", "b").withRatingGap(0.5));
    assertThat(
            pair(
                json(
                    "{'prompt':[{'role':'user','content':'q'}],'responses':['a','b'],'scores':[2,1]}")))
        .isEqualTo(chat(List.of(Message.user("q")), "a", "b").withRatingGap(1));
  }

  @Test
  void openAi_messages() throws IOException {
    String line =
        json(
            "{'input':{'messages':[{'role':'user','content':[{'type':'text','text':'Sky?'}]}],"
                + "'tools':[],'parallel_tool_calls':true},"
                + "'preferred_output':[{'role':'assistant','content':'Blue.'}],"
                + "'non_preferred_output':[{'role':'assistant','content':'Red.'}]}");

    assertThat(pair(line)).isEqualTo(chat(List.of(Message.user("Sky?")), "Blue.", "Red."));
    assertThat(format(line)).startsWith("OpenAI preference");
    assertThat(
            skipped(line.replace("[],\"par", "\"clock\",\"par"), line)
                .skipped(SkipReason.UNSUPPORTED))
        .isEqualTo(1);
    assertThat(
            skipped(line.replace("\"type\":\"text\"", "\"type\":\"image_url\""), line)
                .skipped(SkipReason.UNSUPPORTED))
        .isEqualTo(1);
    assertThat(
            skipped(line.replace("\"Red.\"", "\"\",\"tool_calls\":[\"clock\"]"), line)
                .skipped(SkipReason.UNSUPPORTED))
        .isEqualTo(1);
  }

  private static String labelStudio(String toName, String... selected) {
    StringBuilder annotations = new StringBuilder();
    for (String side : selected) {
      annotations
          .append(annotations.isEmpty() ? "" : ",")
          .append(
              side.isEmpty()
                  ? "{'id':1,'was_cancelled':false,'result':[]}"
                  : "{'id':1,'was_cancelled':false,'result':[{'id':'x','type':'pairwise','from_name':'pw',"
                      + "'to_name':"
                      + toName
                      + ",'value':{'selected':'"
                      + side
                      + "'}}]}");
    }
    return json(
        "{'id':7,'data':{'prompt':'Sky?','answer1':'Red.','answer2':'Blue.'},'annotations':["
            + annotations
            + "]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'answer1,answer2'", "['answer1','answer2']"})
  void labelStudio_sidesAreNamed(String toName) throws IOException {
    assertThat(pair(labelStudio(toName, "right"))).isEqualTo(plain("Sky?", "Blue.", "Red."));
    assertThat(pair(labelStudio(toName, "left"))).isEqualTo(plain("Sky?", "Red.", "Blue."));
    assertThat(pair(labelStudio(toName, "right", "left", "", "right", "right")))
        .isEqualTo(plain("Sky?", "Blue.", "Red.").withAgreement(0.75));
    DataSummary none = skipped(labelStudio(toName, ""), labelStudio(toName, "left"));
    assertThat(none.skipped(SkipReason.UNLABELLED)).isEqualTo(1);
    DataSummary even = skipped(labelStudio(toName, "left", "right"), labelStudio(toName, "left"));
    assertThat(even.skipped(SkipReason.NO_MAJORITY)).isEqualTo(1);
  }

  @Test
  void labelStudio_cancelledAnnotationsDoNotCount() throws IOException {
    String line = labelStudio("'answer1,answer2'", "right", "left");
    int second = line.lastIndexOf("false");

    assertThat(pair(line.substring(0, second) + "true" + line.substring(second + 5)))
        .isEqualTo(plain("Sky?", "Blue.", "Red."));
  }

  @Test
  void labelStudio_sidesThatAreNoFields_sayWhatThereIs() throws IOException {
    Path file = Files.writeString(folder.resolve("b.jsonl"), labelStudio("'txt-1,txt-2'", "left"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessageStartingWith(
            file
                + ":1: to_name says 'txt-1', and data has no field of that name but [prompt,"
                + " answer1, answer2];");
  }

  @Test
  void prodigy_acceptedOptionsArePreferredToTheOthers() throws IOException {
    String line =
        json(
            "{'text':'Sky?','options':[{'id':1,'text':'Red.'},{'id':'b','text':'Blue.'},"
                + "{'id':3,'text':'Green.'}],'accept':['b'],'answer':'accept','_input_hash':3}");

    assertThat(pairs(line))
        .containsExactly(
            plain("Sky?", "Blue.", "Red.").withId("a.jsonl:1#1"),
            plain("Sky?", "Blue.", "Green.").withId("a.jsonl:1#2"));
    assertThat(
            skipped(line.replace("\"answer\":\"accept\"", "\"answer\":\"ignore\""), line)
                .skipped(SkipReason.UNLABELLED))
        .isEqualTo(1);
    assertThat(skipped(line.replace("[\"b\"]", "[]"), line).skipped(SkipReason.UNLABELLED))
        .isEqualTo(1);
    assertThat(skipped(line.replace("[\"b\"]", "[9]"), line).skipped(SkipReason.MALFORMED))
        .isEqualTo(1);
    assertThat(skipped(line.replace("[\"b\"]", "[\"b\",1,3]"), line).skipped(SkipReason.TIED))
        .isEqualTo(1);
  }

  @Test
  void argilla2_submittedResponsesAreVotes() throws IOException {
    String line =
        json(
            "{'id':'1','status':'completed','prompt':'Sky?','response-0':'Red.','response-1':'Blue.',"
                + "'better.responses':['response-1','response-1','response-0','response-0'],"
                + "'better.responses.users':['u','v','w','x'],"
                + "'better.responses.status':['submitted','submitted','submitted','discarded'],"
                + "'better.suggestion':'response-0','better.suggestion.score':null}");

    assertThat(pair(line)).isEqualTo(plain("Sky?", "Blue.", "Red.").withAgreement(2 / 3.0));
    assertThat(format(line)).startsWith("Argilla 2");
    String none = line.replace("submitted", "draft");
    assertThat(skipped(none, line).skipped(SkipReason.UNLABELLED)).isEqualTo(1);
  }

  @Test
  void argilla2_rankingsOfSeveralAnnotators_areAveraged() throws IOException {
    String line =
        json(
            "{'instruction':'Sky?','a1':'Red.','a2':'Blue.','a3':'Green.','rank.responses':["
                + "['a2','a1','a3'],['a2','a3','a1'],['a1','a2','a3']],"
                + "'rank.responses.status':['submitted','submitted','submitted']}");

    assertThat(file(line).rankings().dataset())
        .containsExactly(
            RankedExample.of(
                    Text.of("Sky?"), List.of(Text.of("Blue."), Text.of("Red."), Text.of("Green.")))
                .withId("a.jsonl:1"));
  }

  @Test
  void argilla1_responsesHoldTheirStatus() throws IOException {
    String line =
        json(
            "{'prompt':'Sky?','response_a':'Red.','response_b':'Blue.','choice':["
                + "{'user_id':'u','value':'response_b','status':'submitted'},"
                + "{'user_id':'v','value':'response_a','status':'discarded'}],"
                + "'choice-suggestion':null,'metadata':'{}'}");
    String ranked =
        json(
            "{'prompt':'Sky?','r1':'Red.','r2':'Blue.','order':[{'user_id':'u','status':'submitted',"
                + "'value':[{'rank':2,'value':'r1'},{'rank':1,'value':'r2'}]}]}");

    assertThat(pair(line)).isEqualTo(plain("Sky?", "Blue.", "Red."));
    assertThat(format(line)).startsWith("Argilla 1");
    assertThat(pair(ranked)).isEqualTo(plain("Sky?", "Blue.", "Red."));
  }

  @Test
  void shp_labelOneIsForA() throws IOException {
    String line =
        "{'post_id':'p','history':'Sky?','human_ref_A':'Blue.','human_ref_B':'Red.','labels':%d,"
            + "'score_A':340,'score_B':9,'score_ratio':37.7}";

    assertThat(pair(json(String.format(Locale.ROOT, line, 1))))
        .isEqualTo(plain("Sky?", "Blue.", "Red."));
    assertThat(pair(json(String.format(Locale.ROOT, line, 0))))
        .isEqualTo(plain("Sky?", "Red.", "Blue."));
    assertThat(
            skipped(
                    json(String.format(Locale.ROOT, line, 2)),
                    json(String.format(Locale.ROOT, line, 1)))
                .skipped(SkipReason.MALFORMED))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"-2, Blue., Red., 2", "1, Red., Blue., 1"})
  void helpSteer2_signSaysWho_sizeSaysHowMuch(
      int strength, String chosen, String rejected, double gap) throws IOException {
    String line =
        "{'split':'train','prompt':'Sky?','response_1':'Blue.','response_2':'Red.',"
            + "'preference_strength':%d,'preference_statement':'','preference_elaboration':''}";

    assertThat(pair(json(String.format(Locale.ROOT, line, strength))))
        .isEqualTo(plain("Sky?", chosen, rejected).withRatingGap(gap));
    assertThat(
            skipped(
                    json(String.format(Locale.ROOT, line, 0)),
                    json(String.format(Locale.ROOT, line, 1)))
                .skipped(SkipReason.TIED))
        .isEqualTo(1);
  }

  @Test
  void helpSteer3_individualPreferencesAreVotes() throws IOException {
    String line =
        "{'domain':'general','language':'english','context':[{'role':'user','content':'Sky?'}],"
            + "'response1':'Blue.','response2':'Red.','overall_preference':%d,"
            + "'individual_preference':[{'score':-3,'reasoning':''},{'score':-1},{'score':0},{'score':1}]}";

    assertThat(pair(json(String.format(Locale.ROOT, line, -2))))
        .isEqualTo(
            chat(List.of(Message.user("Sky?")), "Blue.", "Red.")
                .withRatingGap(2)
                .withAgreement(2 / 3.0));
    DataSummary summary =
        skipped(
            json(String.format(Locale.ROOT, line, 1)), json(String.format(Locale.ROOT, line, -1)));
    assertThat(summary.skipped(SkipReason.NO_MAJORITY)).isEqualTo(1);
  }

  @Test
  void nectar_ranksOrderAndHaveNoMargin() throws IOException {
    String line =
        json(
            "{'prompt':'\\n\\nHuman: Sky?\\n\\nAssistant: ','answers':["
                + "{'answer':'Red.','model':'m','rank':2.0},{'answer':'Blue.','model':'n','rank':1.0},"
                + "{'answer':'Green.','model':'o','rank':3.0}],'turns':1,'num_responses':3}");
    String prompt = "\n\nHuman: Sky?\n\nAssistant: ";

    assertThat(pairs(line))
        .containsExactly(
            plain(prompt, "Blue.", "Red.").withId("a.jsonl:1#1"),
            plain(prompt, "Red.", "Green.").withId("a.jsonl:1#2"),
            plain(prompt, "Blue.", "Green.").withId("a.jsonl:1#3"));
    assertThat(file(line).rankings().dataset())
        .containsExactly(
            RankedExample.of(
                    Text.of(prompt), List.of(Text.of("Blue."), Text.of("Red."), Text.of("Green.")))
                .withId("a.jsonl:1"));
  }

  @Test
  void pku_betterIsReadByDefault_saferByName() throws IOException {
    String line =
        json(
            "{'prompt':'Sky?','response_0':'Red.','response_1':'Blue.','is_response_0_safe':true,"
                + "'is_response_1_safe':false,'better_response_id':1,'safer_response_id':0}");

    assertThat(pair(line)).isEqualTo(plain("Sky?", "Blue.", "Red."));
    assertThat(
            file(line)
                .columns(
                    Columns.choice(
                        "prompt", "response_0", "response_1", "safer_response_id", "0", "1"))
                .pairs()
                .dataset())
        .containsExactly(plain("Sky?", "Red.", "Blue."));
  }

  @Test
  void llamaFactory_instructionOrConversations() throws IOException {
    assertThat(
            pair(
                json(
                    "{'instruction':'Sky?','input':'At noon.','chosen':'Blue.','rejected':'Red.'}")))
        .isEqualTo(plain("Sky?\nAt noon.", "Blue.", "Red."));
    assertThat(pair(json("{'instruction':'Sky?','input':'','chosen':'Blue.','rejected':'Red.'}")))
        .isEqualTo(plain("Sky?", "Blue.", "Red."));
    assertThat(
            pair(
                json(
                    "{'conversations':[{'from':'human','value':'Sky?'}],'chosen':{'from':'gpt','value':'Blue.'},"
                        + "'rejected':{'from':'gpt','value':'Red.'},'system':'Brief.'}")))
        .isEqualTo(chat(List.of(Message.system("Brief."), Message.user("Sky?")), "Blue.", "Red."));
  }

  @Test
  void axolotl_messagesQuestionOrInput() throws IOException {
    assertThat(
            pair(
                json(
                    "{'messages':[{'role':'user','content':'Sky?'}],"
                        + "'chosen':{'role':'assistant','content':'Blue.'},"
                        + "'rejected':{'role':'assistant','content':'Red.'}}")))
        .isEqualTo(chat(List.of(Message.user("Sky?")), "Blue.", "Red."));
    assertThat(
            pair(json("{'system':'Brief.','question':'Sky?','chosen':'Blue.','rejected':'Red.'}")))
        .isEqualTo(chat(List.of(Message.system("Brief."), Message.user("Sky?")), "Blue.", "Red."));
    // Beside records that have a system text, one with an empty one is a chat too.
    assertThat(pair(json("{'system':'','input':'Sky?','chosen':'Blue.','rejected':'Red.'}")))
        .isEqualTo(chat(List.of(Message.user("Sky?")), "Blue.", "Red."));
  }

  @Test
  void implicit_chatsAreCutAtTheMessage() throws IOException {
    String start =
        "[{'role':'user','content':'Hi'},{'role':'assistant','content':'Hello'},"
            + "{'role':'user','content':'Sky?'},{'role':'assistant','content':'%s'}]";
    String line =
        "{'chosen':"
            + String.format(Locale.ROOT, start, "Blue.")
            + ",'rejected':"
            + String.format(Locale.ROOT, start, "%s")
            + "}";

    assertThat(pair(json(String.format(Locale.ROOT, line, "Blue"))))
        .isEqualTo(
            chat(
                List.of(Message.user("Hi"), Message.assistant("Hello"), Message.user("Sky?")),
                "Blue.",
                "Blue"));
    DataSummary same =
        skipped(
            json(String.format(Locale.ROOT, line, "Blue.")),
            json(String.format(Locale.ROOT, line, "R")));
    assertThat(same.skipped(SkipReason.IDENTICAL)).isEqualTo(1);
  }

  @Test
  void thumbs_labels() throws IOException {
    assertThat(
            file(
                    json("{'prompt':'Sky?','completion':'Blue.','label':true}"),
                    json("{'prompt':'Sky?','completion':'Red.','label':0}"),
                    json("{'prompt':'Sky?','completion':'Green.','label':'thumbs down'}"),
                    json(
                        "{'prompt':[{'role':'user','content':'Sky?'}],"
                            + "'completion':[{'role':'assistant','content':'Blue.'}],'label':'👍'}"))
                .unpaired()
                .dataset())
        .containsExactly(
            UnpairedExample.of(Text.of("Sky?"), Text.of("Blue."), true).withId("a.jsonl:1"),
            UnpairedExample.of(Text.of("Sky?"), Text.of("Red."), false).withId("a.jsonl:2"),
            UnpairedExample.of(Text.of("Sky?"), Text.of("Green."), false).withId("a.jsonl:3"),
            UnpairedExample.of(
                    Text.of(List.of(Message.user("Sky?"))),
                    Text.of(List.of(Message.assistant("Blue."))),
                    true)
                .withId("a.jsonl:4"));
  }

  @Test
  void thumbs_ofPairs_areOneUpOneDown() throws IOException {
    assertThat(file(json(TRL)).unpaired().dataset())
        .containsExactly(
            UnpairedExample.of(Text.of("Sky?"), Text.of(" Blue."), true).withId("a.jsonl:1#1"),
            UnpairedExample.of(Text.of("Sky?"), Text.of(" Red."), false).withId("a.jsonl:1#2"));
  }

  @Test
  void formats_thatMakeNoSuchExamples_sayHowToReadThem() throws IOException {
    String thumb = json("{'prompt':'Sky?','completion':'Blue.','label':true}");
    String scored = json("{'prompt':'q','responses':['a','b'],'scores':[3,4]}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(thumb).pairs())
        .withMessage(
            folder.resolve("a.jsonl")
                + ": holds thumbs up or down (thumbs (prompt, completion, label)), of which no"
                + " pairs can be made; read it with unpaired()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(scored).unpaired())
        .withMessageEndingWith(
            "of which no unpaired examples can be made; read it with pairs() or rankings()");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // Where the prompt would end is a guess.
        "{'chosen':'The sky is blue.','rejected':'The sky is red.'} | [chosen, rejected]",
        "{'question':'Sky?','answer_a':'a','answer_b':'b','winner':'A'} | [question, answer_a, answer_b, winner]",
        "{'prompt':'Sky?','chosen':1,'rejected':0} | [prompt, chosen, rejected]",
        "{'response':'Blue.','verbosity':4} | [response, verbosity]",
        "{} | []",
      })
  void unclearColumns_areRefused_andListed(String line, String columns) throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file(json(line)).pairs())
        .withMessage(
            folder.resolve("a.jsonl")
                + ":1: the format is not recognised; the columns are "
                + columns
                + "; say which holds what with columns(Columns.pair(prompt, chosen, rejected)), or"
                + " Columns.choice, ratings, thumbs or demonstration");
  }

  @Test
  void recognition_looksPastRecordsThatNobodyLabelled() throws IOException {
    String unlabelled =
        json("{'prompt':'Sky?','response-0':'a','response-1':'b','q.responses':[]}");
    String labelled =
        json("{'prompt':'Sky?','response-0':'a','response-1':'b','q.responses':['response-0']}");

    assertThat(file(unlabelled, unlabelled, labelled).pairs().dataset()).hasSize(1);
  }
}
