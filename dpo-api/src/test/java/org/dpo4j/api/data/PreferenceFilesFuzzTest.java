package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.dpo4j.api.DataSummary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of every format whose fields are replaced at random: named errors, or counted. */
@Tag("fuzz")
class PreferenceFilesFuzzTest {

  private static final ImmutableList<String> RECORDS =
      ImmutableList.of(
          "{'prompt':'q','chosen':'a','rejected':'b','margin':1,'agreement':0.8,'weight':2,'tags':['t'],"
              + "'score_chosen':2,'score_rejected':1,'votes_chosen':3,'votes_rejected':1}",
          "{'prompt':[{'role':'user','content':'q'}],'chosen':[{'role':'assistant','content':'a'}],"
              + "'rejected':[{'role':'assistant','content':'b'}]}",
          "{'chosen':[{'role':'user','content':'q'},{'role':'assistant','content':'a'}],"
              + "'rejected':[{'role':'user','content':'q'},{'role':'assistant','content':'b'}]}",
          "{'chosen':'\\n\\nHuman: q\\n\\nAssistant: a','rejected':'\\n\\nHuman: q\\n\\nAssistant: b'}",
          "{'input':{'messages':[{'role':'user','content':'q'}],'tools':[]},"
              + "'preferred_output':[{'role':'assistant','content':'a'}],"
              + "'non_preferred_output':[{'role':'assistant','content':'b'}]}",
          "{'data':{'prompt':'q','x':'a','y':'b'},'annotations':[{'was_cancelled':false,'result':["
              + "{'type':'pairwise','to_name':'x,y','value':{'selected':'left'}}]}]}",
          "{'text':'q','options':[{'id':1,'text':'a'},{'id':2,'text':'b'}],'accept':[1],'answer':'accept'}",
          "{'prompt':'q','r1':'a','r2':'b','k.responses':['r1'],'k.responses.status':['submitted']}",
          "{'prompt':'q','r1':'a','r2':'b','k.responses':[[{'value':'r1','rank':1},{'value':'r2','rank':2}]]}",
          "{'prompt':'q','r1':'a','r2':'b','k':[{'user_id':'u','value':'r1','status':'submitted'}]}",
          "{'prompt':'q','answers':[{'answer':'a','rank':1},{'answer':'b','rank':2}]}",
          "{'instruction':'q','completions':[{'response':'a','overall_score':1},{'response':'b','overall_score':2}]}",
          "{'prompt':'q','responses':['a','b'],'scores':[1,2]}",
          "{'prompt':'q','generations':[{'text':'a','score':1},{'text':'b','score':2}]}",
          "{'history':'q','human_ref_A':'a','human_ref_B':'b','labels':1}",
          "{'context':[{'role':'user','content':'q'}],'response1':'a','response2':'b',"
              + "'overall_preference':1,'individual_preference':[{'score':1}]}",
          "{'prompt':'q','response_1':'a','response_2':'b','preference_strength':-1}",
          "{'prompt':'q','response_0':'a','response_1':'b','better_response_id':0}",
          "{'conversations':[{'from':'human','value':'q'}],'chosen':{'from':'gpt','value':'a'},"
              + "'rejected':{'from':'gpt','value':'b'}}",
          "{'instruction':'q','input':'i','chosen':'a','rejected':'b','history':[],'system':'s'}",
          "{'question':'q','system':'s','chosen':'a','rejected':'b'}",
          "{'prompt':'q','completion':'a','label':true}");

  @TempDir Path folder;

  /** A copy in which some values are others, or gone. */
  private static JsonElement damaged(JsonElement value, Random random, double rate) {
    if (random.nextDouble() < rate) {
      return switch (random.nextInt(10)) {
        case 0 -> JsonNull.INSTANCE;
        case 1 -> new JsonPrimitive(true);
        case 2 -> new JsonPrimitive(random.nextInt(5) - 2);
        case 3 -> new JsonPrimitive("");
        case 4 -> new JsonPrimitive("a");
        case 5 -> new JsonArray();
        case 6 -> new JsonObject();
        case 7 -> new JsonPrimitive(new java.math.BigDecimal("1e999"));
        case 8 -> array(value.deepCopy());
        default -> array(JsonNull.INSTANCE);
      };
    }
    if (value instanceof JsonObject object) {
      JsonObject copy = new JsonObject();
      object.asMap().forEach((name, field) -> copy.add(name, damaged(field, random, rate)));
      return copy;
    }
    if (value instanceof JsonArray array) {
      JsonArray copy = new JsonArray();
      array.forEach(element -> copy.add(damaged(element, random, rate)));
      return copy;
    }
    return value;
  }

  private static JsonArray array(JsonElement element) {
    JsonArray array = new JsonArray();
    array.add(element);
    return array;
  }

  @Test
  void damagedRecords_areCountedOrRefusedByName() throws IOException {
    Path file = folder.resolve("a.jsonl");
    int refused = 0;
    int counted = 0;
    for (int seed = 0; seed < 1500; seed++) {
      Random random = new Random(seed);
      String text = RECORDS.get(seed % RECORDS.size()).replace('\'', '"');
      JsonElement whole = JsonParser.parseString(text);
      double rate = 0.05 + 0.1 * random.nextDouble();
      JsonElement[] damaged = {
        damaged(whole, random, rate), damaged(whole, random, rate), damaged(whole, random, rate)
      };
      Files.write(
          file, List.of(text, damaged[0].toString(), damaged[1].toString(), damaged[2].toString()));
      PreferenceFiles files =
          PreferenceFiles.at(file)
              .badRecords(random.nextBoolean() ? BadRecords.COUNT : BadRecords.STOP);
      try {
        boolean areThumbs = text.contains("completion\"");
        DataSummary summary =
            areThumbs
                ? files.unpaired().summary()
                : random.nextBoolean() ? files.pairs().summary() : files.rankings().summary();
        assertThat(summary.records()).isEqualTo(4);
        assertThat(summary.kept()).isPositive();
        counted += summary.skipped().size();
        summary
            .skipped()
            .forEach(
                skip -> assertThat(skip.first()).allMatch(place -> place.startsWith(file + ":")));
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e).as("seed %d", seed).hasMessageMatching("(?s)\\Q" + file + "\\E:\\d+: .*");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + Files.readString(file), e);
      }
    }
    assertThat(refused).isGreaterThan(150);
    assertThat(counted).isGreaterThan(150);
  }
}
