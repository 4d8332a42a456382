package org.dpo4j.examples.fieldcases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Boundary;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.examples.cli.CalledDpo;
import org.dpo4j.torch.FileTokenizer;
import org.dpo4j.torch.Tokenization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From text to ids, as public bug reports have it. The right ids of {@code expected-ids.json} are
 * those of TRL 1.16 and transformers 5.24; where another is right, it is said here.
 */
class ChatFieldCasesTest {

  private static final Path CASES = Path.of("src/test/resources/field-cases");
  private static final Path MODEL = Path.of("../dpo-torch/src/test/resources/models/llama");

  private @TempDir Path folder;

  static Stream<Path> folders() {
    return Stream.of("50-generation-prompt", "51-eos", "52-bos", "56-sentencepiece")
        .flatMap(name -> list(CASES.resolve(name)).stream())
        .filter(path -> Files.exists(path.resolve("expected-ids.json")))
        .sorted();
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tiny llama with a case's tokenizer. */
  private Path model(Path of) {
    Path weights =
        of.startsWith(CASES.resolve("56-sentencepiece"))
            ? CASES.resolve("56-sentencepiece/model")
            : MODEL;
    try {
      Path model = Files.createDirectories(folder.resolve("model"));
      for (Path file :
          List.of(weights.resolve("config.json"), weights.resolve("model.safetensors"))) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
      if (Files.notExists(of.resolve("tokenizer.json"))) {
        Files.copy(MODEL.resolve("tokenizer.json"), model.resolve("tokenizer.json"));
      }
      for (Path file : list(of)) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void ids_areThoseOfTransformersAndTrl(Path of) {
    if (of.endsWith("no-eos-anywhere")) {
      assertThatThrownBy(() -> FileTokenizer.load(model(of)))
          .hasMessageContaining("must state the token that ends a text");
      return;
    }
    JsonObject expected = json(of.resolve("expected-ids.json"));
    JsonObject asFiled = json(asFiled(of).resolve("expected-ids.json"));
    try (FileTokenizer tokenizer =
        FileTokenizer.load(model(of), Tokenization.standard().boundary(Boundary.COMMON_PREFIX))) {
      for (String kind : List.of("chats", "texts")) {
        JsonArray inputs = expected.getAsJsonArray("in_" + kind);
        for (int i = 0; i < inputs.size(); i++) {
          JsonArray input = inputs.get(i).getAsJsonArray();
          JsonObject right = asFiled.getAsJsonArray(kind).get(i).getAsJsonObject();
          if (right.has("error")) {
            assertThatThrownBy(() -> encode(tokenizer, input))
                .hasMessageContaining("System role not supported");
            continue;
          }
          Tokenized is = encode(tokenizer, input);
          PromptGroup group = group(of, kind, right);

          assertThat(is.group()).as("%s %d of %s", kind, i, of.getFileName()).isEqualTo(group);
          assertThat(is.cutEarly()).isEqualTo(right.get("cut").getAsInt() > surplus(of, kind));
        }
      }
    }
  }

  /** What is right for tokenizer.json as it stands, which another class of tokenizer rebuilds. */
  private static Path asFiled(Path of) {
    Path sibling = of.resolveSibling(of.getFileName().toString().replace("-Llama", "-PreTr"));
    return Files.exists(sibling) ? sibling : of;
  }

  /** TRL counts the end that the post-processor puts behind a prompt as cut off. */
  private static int surplus(Path of, String kind) {
    return of.endsWith("processor-adds-both") && kind.equals("texts") ? 1 : 0;
  }

  private static PromptGroup group(Path of, String kind, JsonObject right) {
    List<ImmutableIntArray> completions = new ArrayList<>();
    for (JsonElement completion : right.getAsJsonArray("completion_ids")) {
      ImmutableIntArray ids = ids(completion.getAsJsonArray());
      if (of.endsWith("always") && kind.equals("chats")) {
        // TRL teaches the header of a next answer; right is what a template without it has.
        completions.add(ids.subArray(0, ids.length() - 7));
      } else if (surplus(of, kind) > 0) {
        // TRL adds the end as text, and the post-processor adds another.
        completions.add(ids.subArray(0, ids.length() - 1));
      } else {
        completions.add(ids);
      }
    }
    return PromptGroup.of(ids(right.getAsJsonArray("prompt_ids")), completions);
  }

  private static Tokenized encode(FileTokenizer tokenizer, JsonArray input) {
    List<Text> completions = new ArrayList<>();
    input.get(1).getAsJsonArray().forEach(completion -> completions.add(text(completion)));
    return tokenizer.tokenize(text(input.get(0)), completions);
  }

  private static Text text(JsonElement json) {
    if (json.isJsonPrimitive()) {
      return Text.of(json.getAsString());
    }
    ImmutableList.Builder<Message> messages = ImmutableList.builder();
    for (JsonElement message : json.getAsJsonArray()) {
      messages.add(
          new Message(
              message.getAsJsonObject().get("role").getAsString(),
              message.getAsJsonObject().get("content").getAsString()));
    }
    return Text.of(messages.build());
  }

  private static ImmutableIntArray ids(JsonArray json) {
    ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    json.forEach(id -> ids.add(id.getAsInt()));
    return ids.build();
  }

  private static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CalledDpo train(Path model, Path data, Path to, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("train", "--model", model, "--data", data, "--out", to));
    arguments.addAll(
        List.of(
            "--max-steps",
            "1",
            "--no-shuffle",
            "--batch-size",
            "2",
            "--lora-rank",
            "4",
            "--samples",
            "0"));
    arguments.addAll(List.of("--eval-fraction", "0"));
    arguments.addAll(List.of(more));
    return CalledDpo.with(arguments.toArray());
  }

  private static JsonObject firstStep(Path run) throws IOException {
    return JsonParser.parseString(
            Files.readAllLines(run.resolve("metrics.jsonl"), StandardCharsets.UTF_8).get(0))
        .getAsJsonObject();
  }

  @Test
  void headerThatIsAlwaysWritten_isNotScored() {
    CalledDpo called =
        CalledDpo.with(
            "score",
            "--model",
            model(CASES.resolve("50-generation-prompt/always")),
            "--data",
            CASES.resolve("50-generation-prompt/chats.jsonl"));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out()).contains("\"chosen_tokens\":8,");
  }

  @Test
  void zephyr_getsOneEnd() {
    CalledDpo called =
        CalledDpo.with(
            "score",
            "--model",
            model(CASES.resolve("56-sentencepiece/prepend-zephyr-Llama")),
            "--data",
            CASES.resolve("56-sentencepiece/chats.jsonl"));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out()).contains("\"chosen_tokens\":7,");
  }

  @Test
  void promptThatOpensAThought_isTrainedOnAndCounted() throws IOException {
    Path run = folder.resolve("run");
    CalledDpo called =
        train(
            model(CASES.resolve("50-generation-prompt/think-open")),
            CASES.resolve("50-generation-prompt/chats.jsonl"),
            run);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(Files.readString(run.resolve("report.txt")))
        .contains(
            "1 pairs; 1 with a prompt cut where its completions leave its tokens as they are");
    assertThat(json(run.resolve("run.json")).getAsJsonObject("data_origin").get("cut_early"))
        .hasToString("1");
  }

  @Test
  void truncatedPrompt_keepsItsBeginning() throws IOException {
    Path run = folder.resolve("run");
    CalledDpo called =
        train(
            model(CASES.resolve("52-bos/processor-adds-template-does-not")),
            CASES.resolve("45-truncation/pairs.jsonl"),
            run,
            "--unfit",
            "truncate_prompt",
            "--max-length",
            "16");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstStep(run).get("logps/chosen").getAsDouble()).isCloseTo(-42.023, within(1e-3));
    assertThat(Files.readString(run.resolve("report.txt"))).contains("1 with a truncated prompt");
  }

  @ParameterizedTest
  @ValueSource(strings = "trailing-space")
  void promptThatEndsWithASpace_isRefusedOrCutAtTheCommonPrefix(String name) throws IOException {
    Path data = CASES.resolve("22-boundary/" + name + ".jsonl");
    Path run = folder.resolve("run");

    CalledDpo refused = train(MODEL, data, folder.resolve("none"));
    CalledDpo cut = train(MODEL, data, run, "--boundary", "common-prefix");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("--boundary common-prefix");
    assertThat(cut.exitCode()).as(cut.err()).isZero();
    assertThat(Files.readString(run.resolve("report.txt")))
        .contains("1 with a prompt cut where its completions leave its tokens as they are");
    assertThat(json(run.resolve("run.json")).getAsJsonObject("tokenizer"))
        .hasToString("{\"boundary\":\"common-prefix\"}");
    assertThat(firstStep(run).get("loss").getAsDouble()).isCloseTo(Math.log(2), within(1e-4));
  }

  @Test
  void runWithAnotherBoundary_isAnotherRun() {
    Path data = CASES.resolve("22-boundary/no-space.jsonl");
    Path run = folder.resolve("run");
    assertThat(train(MODEL, data, run).exitCode()).isZero();

    CalledDpo other = train(MODEL, data, run, "--resume", "--boundary", "common-prefix");

    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("tokenizer.boundary was strict and is common-prefix");
  }

  @Test
  void inspect_countsWhatIsRefusedAndWhatIsCut() {
    Path data = CASES.resolve("22-boundary/trailing-space.jsonl");

    CalledDpo strict = CalledDpo.with("inspect", "--data", data, "--model", MODEL);
    CalledDpo common =
        CalledDpo.with("inspect", "--data", data, "--model", MODEL, "--boundary", "common-prefix");

    assertThat(strict.exitCode()).as(strict.err()).isZero();
    assertThat(strict.out()).contains("not tokenizable: 1 of 1, the first ");
    assertThat(common.out())
        .contains("1 of 1 with a prompt cut where its completions leave its tokens as they are")
        .contains("tokens (half have at most");
  }
}
