package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.io.Resources;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.TrainingStep;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.torch.internal.tokenizer.RealModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eight steps that TRL took on a real model, from the same adapter and the text of the same pairs
 * (see {@code trl-trajectory/generate.py}): tokenizer, model, loss, optimizer and trainer together.
 */
@Tag("real-model")
@Tag("long")
class TrlTrajectoryTest {

  private static JsonObject expected = new JsonObject();

  @BeforeAll
  static void readExpected() throws IOException {
    String json =
        Resources.toString(
            Resources.getResource("trl-trajectory/expected.json"), StandardCharsets.UTF_8);
    expected = JsonParser.parseString(json).getAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void train_eightSteps_asTrl(boolean checkpointed) throws IOException {
    try (LanguageModel model =
            LanguageModel.load(RealModel.directoryOrSkip(), Placement.on("cpu"));
        TorchPolicy policy =
            model.loadAdapter("start", file("init-adapter")).trainCopyOf("start")) {
      if (checkpointed) {
        policy.checkpointing(Checkpointing.on());
      }

      TrainingReport report =
          DpoTrainer.builder()
              .policy(policy)
              .reference(Reference.adapterOff())
              .beta(0.1)
              .optimizer(AdamW.learningRate(2e-3))
              .schedule(Schedule.constant())
              .batchSize(4)
              .shuffle(false)
              .build()
              .train(pairs());

      JsonArray steps = expected.getAsJsonArray("steps");
      assertThat(report.steps()).hasSize(steps.size());
      for (TrainingStep step : report.steps()) {
        requireClose(step, steps.get(step.step() - 1).getAsJsonObject());
      }
    }
  }

  @Test
  void logProbs_asTransformers() {
    try (LanguageModel model =
        LanguageModel.load(RealModel.directoryOrSkip(), Placement.on("cpu"))) {
      List<JsonElement> pairs = expected.getAsJsonArray("tokens").asList();
      TokenValues logProbs =
          model.base().logProbs(pairs.stream().map(TrlTrajectoryTest::group).toList());
      for (int i = 0; i < pairs.size(); i++) {
        JsonArray reference = expected.getAsJsonArray("reference_logps").get(i).getAsJsonArray();
        for (int side = 0; side < 2; side++) {
          double sum = 0;
          for (double logProb : logProbs.row(2 * i + side)) {
            sum += logProb;
          }
          assertThat(sum).isCloseTo(reference.get(side).getAsDouble(), within(0.01));
        }
      }
    }
  }

  private static void requireClose(TrainingStep step, JsonObject trl) {
    requireClose(step, trl, "loss", 3e-4);
    requireClose(step, trl, "grad_norm", 0.003 * trl.get("grad_norm").getAsDouble());
    requireClose(step, trl, "logps/chosen", 0.01);
    requireClose(step, trl, "logps/rejected", 0.01);
    requireClose(step, trl, "rewards/margins", 1e-3);
  }

  private static void requireClose(
      TrainingStep step, JsonObject trl, String metric, double tolerance) {
    assertThat(step.metrics().get(metric))
        .as("%s of step %d", metric, step.step())
        .isCloseTo(trl.get(metric).getAsDouble(), within(tolerance));
  }

  private static PreferenceDataset pairs() throws IOException {
    return PreferenceDataset.of(
        Files.readAllLines(file("pairs.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .map(
                pair ->
                    PreferencePair.of(
                        pair.get("prompt").getAsString(),
                        pair.get("chosen").getAsString(),
                        pair.get("rejected").getAsString()))
            .toList());
  }

  private static PromptGroup group(JsonElement pair) {
    JsonObject tokens = pair.getAsJsonObject();
    return PromptGroup.of(
        ids(tokens.get("prompt")), List.of(ids(tokens.get("chosen")), ids(tokens.get("rejected"))));
  }

  private static ImmutableIntArray ids(JsonElement array) {
    return ImmutableIntArray.copyOf(
        array.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt).toArray());
  }

  private static Path file(String name) {
    try {
      return Path.of(Resources.getResource("trl-trajectory/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
