package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That options of training have the effect they promise, on a model of a few words. */
class TrainingOptionsTest {

  private static @TempDir Path model;

  private @TempDir Path own;
  private Path pairs;

  @BeforeAll
  static void aModel() throws IOException {
    FewWords.writeModel(model);
  }

  @BeforeEach
  void somePairs() throws IOException {
    pairs = write("pairs.jsonl", 12, "{'prompt':'how very','chosen':' good','rejected':' bad'}");
  }

  private Path write(String name, int times, String line) throws IOException {
    return Files.write(own.resolve(name), Collections.nCopies(times, line.replace('\'', '"')));
  }

  private CalledDpo call(String command, Path with, Path data, Object... more) {
    return call(own.resolve("run"), command, with, data, more);
  }

  private static CalledDpo call(Path out, String command, Path with, Path data, Object... more) {
    return CalledDpo.with(
        Stream.concat(
                Stream.of(command, "--model", with, "--data", data, "--out", out), Stream.of(more))
            .toArray());
  }

  private JsonObject run(String command, Object... more) throws IOException {
    return run(command, pairs, more);
  }

  private JsonObject run(String command, Path data, Object... more) throws IOException {
    CalledDpo called = call(command, model, data, more);
    assertThat(called.exitCode()).as(called.err()).isZero();
    return JsonParser.parseString(Files.readString(own.resolve("run/run.json"))).getAsJsonObject();
  }

  private static int learnt(JsonObject run) {
    return run.getAsJsonObject("data").get("examples").getAsInt();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--weight-decay 0.1 | weightDecay=0.1",
        "--adam-betas 0.8,0.95 | beta1=0.8, beta2=0.95",
        "--optimizer sgd --learning-rate 0.5 --momentum 0.9 | Sgd[learningRate=0.5, momentum=0.9]",
        "--optimizer rmsprop --learning-rate 0.25 | RmsProp[learningRate=0.25",
      })
  void theOptimizer_isWhatWasAskedFor(String options, String recorded) throws IOException {
    List<Object> all = new ArrayList<>(List.of("--max-steps", 1));
    all.addAll(Splitter.on(' ').splitToList(options));

    assertThat(run("train", all.toArray()).get("optimizer").getAsString()).contains(recorded);
  }

  @Test
  void anAdapter_isScaledByTheRootOfItsRank_andIsOfTheLayersThatWereNamed() throws IOException {
    JsonObject unused = run("train", "--max-steps", 1, "--lora-stabilized", "--lora-layers", "1-2");

    JsonObject adapter =
        JsonParser.parseString(Files.readString(own.resolve("run/final/adapter_config.json")))
            .getAsJsonObject();
    assertThat(adapter.get("use_rslora").getAsBoolean()).isTrue();
    String tensors =
        Files.readString(
            own.resolve("run/final/adapter_model.safetensors"), StandardCharsets.ISO_8859_1);
    assertThat(tensors).contains("layers.1.", "layers.2.").doesNotContain("layers.0.", "layers.3.");
  }

  @Test
  void layersThatAreNoRange_areRefused() {
    CalledDpo called = call("train", model, pairs, "--lora-layers", "3-1");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("--lora-layers", "FIRST-LAST, with 0 ≤ FIRST ≤ LAST");
  }

  /** At such a rate nothing gets better. */
  @ParameterizedTest
  @CsvSource({"train,loss", "train,accuracy", "train,margin", "sft,loss"})
  void earlyStopping_endsARunThatNoLongerGetsBetter(String command, String goal)
      throws IOException {
    JsonObject recorded =
        run(
            command,
            "--learning-rate",
            "1e-30",
            "--batch-size",
            1,
            "--eval-fraction",
            0.25,
            "--eval-every",
            1,
            "--early-stopping",
            2,
            "--early-stopping-on",
            goal);

    assertThat(recorded.get("early_stopping").getAsString()).contains("patience=2");
    // The first evaluation is the best; two are no better.
    assertThat(Files.readAllLines(own.resolve("run/metrics.jsonl")))
        .filteredOn(line -> line.contains("\"loss\""))
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"train", "sft"})
  void maxSamples_isTheMostThatIsTaken(String command) throws IOException {
    assertThat(learnt(run(command, "--max-steps", 1, "--max-samples", 5, "--eval-fraction", 0)))
        .isEqualTo(5);
  }

  /** Of 12 and 3 the largest mixture of 1 to 1 is 3 and 3. */
  @ParameterizedTest
  @CsvSource({"train", "sft"})
  void mix_takesOfEachPathItsShare(String command) throws IOException {
    Path others = write("others.jsonl", 3, "{'prompt':'very','chosen':' good','rejected':' bad'}");

    JsonObject run =
        run(
            command,
            Path.of(pairs + "," + others),
            "--mix",
            "0.5,0.5",
            "--max-steps",
            1,
            "--eval-fraction",
            0);

    assertThat(learnt(run)).isEqualTo(6);
    assertThat(Files.readString(own.resolve("run/report.txt")))
        .contains("pairs.jsonl", "others.jsonl");
  }

  /** The model takes 32 tokens. */
  @ParameterizedTest
  @CsvSource({"train", "sft"})
  void aPromptThatIsLongerThanTheModelTakes_isNoSample(String command) throws IOException {
    Path data = own.resolve("long.jsonl");
    Files.write(
        data,
        List.of(
            pair("how" + " very".repeat(40)),
            pair("how"),
            pair("how very"),
            pair("how very very")));

    JsonObject unused =
        run(command, data, "--eval-fraction", 0, "--max-length", 30, "--samples", 2);

    assertThat(Files.readAllLines(own.resolve("run/samples.jsonl")))
        .hasSize(4)
        .noneMatch(line -> line.contains("\"prompt\":\"how very very very"));
  }

  private static String pair(String prompt) {
    return "{\"prompt\":\"" + prompt + "\",\"chosen\":\" good\",\"rejected\":\" bad\"}";
  }

  @Test
  void plainText_onAModelWithAChatTemplate_isSaidToBeTrainedAsItIs() throws IOException {
    Path chatty = Files.createDirectory(own.resolve("chatty"));
    FewWords.writeModel(chatty);
    Files.writeString(
        chatty.resolve("chat_template.jinja"),
        "{% for message in messages %}{{ message.content }}{% endfor %}");
    String note = "note: this data is plain text and the model has a chat template";

    assertThat(call("train", chatty, pairs, "--max-steps", 1).err()).containsOnlyOnce(note);
    assertThat(call(own.resolve("sft"), "sft", chatty, pairs, "--max-steps", 1).err())
        .containsOnlyOnce(note);
    assertThat(CalledDpo.with("inspect", "--data", pairs, "--model", chatty).out())
        .containsOnlyOnce(note)
        .contains("--chat", "--raw");
    assertThat(CalledDpo.with("inspect", "--data", pairs, "--model", chatty, "--chat").out())
        .doesNotContain("note:");
    assertThat(call(own.resolve("plain"), "train", model, pairs, "--max-steps", 1).err())
        .doesNotContain(note);
  }
}
