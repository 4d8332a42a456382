package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.api.RecordedRuns.HELD_OUT;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairScoresTest {

  private @TempDir Path root;

  private static List<JsonObject> lines(Path run) throws IOException {
    return Files.readAllLines(run.resolve("pairs.jsonl")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static List<JsonObject> heldOut(List<JsonObject> lines) {
    return lines.stream().filter(line -> line.get("held_out").getAsBoolean()).toList();
  }

  @Test
  void ofTheLastEvaluation_averageToItsMetrics() throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();
    TrainingReport report =
        RecordedRuns.trainer(policy)
            .runDirectory(RecordedRuns.in(root.resolve("run")))
            .build()
            .train(PAIRS);

    List<JsonObject> heldOut = heldOut(lines(root.resolve("run")));

    assertThat(heldOut).hasSize(HELD_OUT.size());
    assertThat(heldOut).extracting(line -> line.get("step").getAsInt()).containsOnly(15);
    for (String side : List.of("chosen", "rejected")) {
      assertThat(
              heldOut.stream()
                  .mapToDouble(line -> line.get("reward_" + side).getAsDouble())
                  .average())
          .hasValueCloseTo(report.finalEvaluation().get("eval_rewards/" + side), within(1e-12));
    }
    assertThat(heldOut)
        .extracting(line -> line.get("id").getAsString())
        .containsExactlyInAnyOrderElementsOf(Toy.ids(HELD_OUT));
    // the completion and its end
    JsonObject first = heldOut.get(0);
    PreferencePair pair =
        HELD_OUT.filter(it -> it.id().equals(first.get("id").getAsString())).get(0);
    assertThat(first.get("tokens_chosen").getAsInt())
        .isEqualTo(Toy.tokens(pair).completions().get(0).length());
  }

  @Test
  void ofARunThatGoesOn_areThoseOfOneThatNeverStopped() throws IOException {
    RecordedRuns.uninterrupted(root.resolve("whole"));
    Cancellation cancellation = new Cancellation();
    RecordedRuns.trainer(RecordedRuns.policy())
        .cancellation(cancellation)
        .listener(
            step -> {
              if (step.step() == 7) {
                cancellation.cancel();
              }
            })
        .runDirectory(RecordedRuns.in(root.resolve("parts")))
        .build()
        .train(PAIRS);
    RecordedRuns.resumed(root.resolve("parts"));

    assertThat(Files.readAllLines(root.resolve("parts/pairs.jsonl")))
        .isEqualTo(Files.readAllLines(root.resolve("whole/pairs.jsonl")));
  }

  @Test
  void thatAreDamaged_stopNoRun() throws IOException {
    Cancellation cancellation = new Cancellation();
    Path run = root.resolve("run");
    RecordedRuns.trainer(RecordedRuns.policy())
        .cancellation(cancellation)
        .listener(step -> cancellation.cancel())
        .runDirectory(RecordedRuns.in(run))
        .build()
        .train(PAIRS);
    Files.writeString(run.resolve("pairs.jsonl"), "{}\n");

    RecordedRuns.resumed(run);

    assertThat(heldOut(lines(run))).hasSize(HELD_OUT.size());
  }
}
