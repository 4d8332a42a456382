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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.examples.cli.CalledDpo;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints and adapters as public bug reports have them. The right values of {@code
 * expected.json} are those of transformers 5.24 and PEFT 0.21.
 */
class ModelFieldCasesTest {

  private static final Path CASES = Path.of("src/test/resources/field-cases");
  private static final Path MODELS = Path.of("../dpo-torch/src/test/resources/models");

  /** Of the log-probability of a token, in nats: transformers computed in fp32, too. */
  private static final double TOLERANCE = 2e-3;

  private @TempDir Path folder;

  // 43: dropout of an adapter that training starts from

  @ParameterizedTest
  @ValueSource(strings = {"", "--lora-rank 4", "--lora-dropout 0"})
  void initAdapter_trainedWithDropout_startsAtItsReference(String more) throws IOException {
    CalledDpo called = train(more);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(firstStep().get("loss").getAsDouble()).isCloseTo(0.6931, within(1e-4));
    assertThat(called.err()).doesNotContain("not_at_reference");
    assertThat(
            json(folder.resolve("run/final/adapter_config.json")).get("lora_dropout").getAsDouble())
        .isZero();
  }

  /** In training only: what is compared with the reference has none. */
  @Test
  void initAdapter_withDropoutAskedFor_isTrainedWithItAndComparedWithoutIt() throws IOException {
    CalledDpo called = train("--lora-dropout 0.5");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(Math.abs(firstStep().get("loss").getAsDouble() - 0.6931)).isGreaterThan(0.01);
    assertThat(called.err()).doesNotContain("not_at_reference");
  }

  @Test
  void initAdapter_withAnotherRank_isRefused() {
    CalledDpo called = train("--lora-rank 8");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("--lora-rank has no effect beside --init-adapter");
  }

  private CalledDpo train(String more) {
    Path dropout = CASES.resolve("43-dropout-of-init-adapter");
    List<Object> arguments = new ArrayList<>(List.of("train", "--model", MODELS.resolve("llama")));
    arguments.addAll(
        List.of("--data", dropout.resolve("pairs.jsonl"), "--out", folder.resolve("run")));
    arguments.addAll(List.of("--max-steps", 1, "--no-shuffle", "--samples", 0));
    arguments.addAll(List.of("--eval-fraction", 0, "--init-adapter", dropout.resolve("adapter")));
    arguments.addAll(List.of("--batch-size", 2));
    arguments.addAll(Stream.of(more.split(" ", -1)).filter(word -> !word.isEmpty()).toList());
    return CalledDpo.with(arguments.toArray());
  }

  private JsonObject firstStep() throws IOException {
    return JsonParser.parseString(
            Files.readAllLines(folder.resolve("run/metrics.jsonl"), StandardCharsets.UTF_8).get(0))
        .getAsJsonObject();
  }

  // 30: a configuration that ties the head, and a file that has one

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-different", "llama-equal", "mistral-untied-default", "qwen2-different"})
  void tiedHead_withATensorOfItsOwn_isWhatTransformersTakes(String name) throws IOException {
    Path tied = tied(name);

    requireExpected(tied, tied.resolve("expected.json"), TOLERANCE);
  }

  @Test
  void tiedHead_withoutAnEmbedding_isRefused() throws IOException {
    Path tied = tied("llama-only-head");

    assertThatThrownBy(() -> LanguageModel.load(tied, Placement.on("cpu")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 missing: model.embed_tokens.weight [385, 32]");
  }

  @Test
  void tiedHead_thatDiffers_isScoredWithAndSaidOnce() throws IOException {
    Path tied = tied("llama-different");
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    CalledDpo called;
    try {
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      called =
          CalledDpo.with(
              "score",
              "--model",
              tied,
              "--data",
              CASES.resolve("30-tied-two-tensors/pairs-without.jsonl"));
    } finally {
      System.setErr(before);
    }

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(
            JsonParser.parseString(called.out().lines().findFirst().orElseThrow())
                .getAsJsonObject()
                .get("chosen_logp")
                .getAsDouble())
        .isCloseTo(-40.713, within(TOLERANCE));
    String said = log.toString(StandardCharsets.UTF_8);
    assertThat(said.lines().filter(line -> line.contains("tie_word_embeddings should be false")))
        .as(said)
        .hasSize(isTheCommandLinesLogger() ? 1 : 0);
  }

  @Test
  void tiedHead_thatDiffers_staysInAMergedCheckpoint() throws IOException {
    Path tied = tied("llama-different");
    Path adapter = folder.resolve("adapter");
    try (LanguageModel model = LanguageModel.load(tied, Placement.on("cpu"))) {
      model.train(Lora.rank(2)).saveAdapter(adapter); // changes nothing yet
    }
    Path merged = folder.resolve("merged");

    CalledDpo called =
        CalledDpo.with("merge", "--model", tied, "--adapter", adapter, "--out", merged);

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(json(merged.resolve("config.json")).get("tie_word_embeddings").getAsBoolean())
        .isFalse();
    requireExpected(merged, tied.resolve("expected.json"), TOLERANCE);
  }

  /** The one that Maven's tests and {@code ./dpo} have. */
  private static boolean isTheCommandLinesLogger() {
    return LoggerFactory.getILoggerFactory().getClass().getSimpleName().startsWith("Simple");
  }

  private Path tied(String name) throws IOException {
    Path tied = folder.resolve(name);
    copy(CASES.resolve("30-tied-two-tensors").resolve(name), tied);
    copyTokenizer(tied);
    return tied;
  }

  // 33: rotary frequencies

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gemma3-linear            | gemma3   |",
        "gemma3-v5                | gemma3   |",
        "llama-default-type       | llama    |",
        "llama-dynamic            | llama    | type must be one of default, linear, llama3, yarn, got \"dynamic\"",
        "llama-dynamic-beyond     | llama    | type must be one of default, linear, llama3, yarn, got \"dynamic\"",
        "llama-linear             | llama    |",
        "llama-linear-int         | llama    |",
        "llama-llama3             | llama    |",
        "llama-llama3-both-types  | llama    |",
        "llama-null               | llama    |",
        "llama-partial            | llama    | model_type allows only partial_rotary_factor = 1",
        "llama-v5                 | llama    |",
        "llama-v5-and-scaling     | llama    | rope_scaling must be absent where rope_parameters is there",
        "llama-v5-and-theta       | llama    |",
        "llama-yarn               | llama    |",
        "llama-yarn-attn          | llama    |",
        "mistral-theta            | mistral  |",
        "neox-linear              | gpt_neox |",
        "phi3-longrope            | phi3     | must be one of default, linear, llama3, yarn, got \"longrope\"",
        "phi3-longrope-beyond     | phi3     | must be one of default, linear, llama3, yarn, got \"longrope\"",
        "phi3-null                | phi3     |",
        "phi3-partial             | phi3     |",
        "phi3-su                  | phi3     | must be one of default, linear, llama3, yarn, got \"su\"",
        "qwen2-yarn-2.5           | qwen2    |",
        "qwen2-yarn-nofactor-orig | qwen2    |"
      })
  void rope_isWhatTransformersComputesOrRefusedByName(String name, String base, String refusal)
      throws IOException {
    Path model = folder.resolve("model");
    copy(CASES.resolve("33-rope").resolve(name), model);
    copyTokenizer(model);
    Files.copy(
        MODELS.resolve(base).resolve("model.safetensors"), model.resolve("model.safetensors"));

    if (refusal == null) {
      requireExpected(model, model.resolve("expected.json"), TOLERANCE);
    } else {
      assertThatThrownBy(() -> LanguageModel.load(model, Placement.on("cpu")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(model.resolve("config.json").toString())
          .hasMessageContaining(refusal);
    }
  }

  // 65: what merging leaves as it was

  @ParameterizedTest
  @CsvSource({
    "float32, , BF16, bfloat16",
    "bfloat16, , BF16, bfloat16",
    "bfloat16_weights, , BF16, bfloat16",
    "float32, float16, F16, float16",
    "float32, FLOAT32, F32, float32"
  })
  void merge_intoBfloat16_isRoundedOnceFromTheExactSum(
      String precision, String dtype, String type, String stated) throws IOException {
    Path base = CASES.resolve("65-merge/bf16");
    Path merged = folder.resolve("merged");
    List<Object> arguments = new ArrayList<>(List.of("merge", "--model", base, "--out", merged));
    arguments.addAll(List.of("--adapter", base.resolve("adapter"), "--precision", precision));
    arguments.addAll(dtype == null ? List.of() : List.of("--dtype", dtype));

    CalledDpo called = CalledDpo.with(arguments.toArray());

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(json(merged.resolve("config.json")).get("torch_dtype").getAsString())
        .isEqualTo(stated);
    Map<String, FileTensor> before = FileTensor.read(base.resolve("model.safetensors"));
    Map<String, FileTensor> adapter =
        FileTensor.read(base.resolve("adapter/adapter_model.safetensors"));
    Map<String, FileTensor> after = FileTensor.read(merged.resolve("model.safetensors"));
    double scale =
        json(base.resolve("adapter/adapter_config.json")).get("lora_alpha").getAsDouble()
            / json(base.resolve("adapter/adapter_config.json")).get("r").getAsDouble();
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (name, tensor) -> {
          assertThat(tensor.type()).as(name).isEqualTo(type);
          double[] exact = exact(name, before, adapter, scale);
          double half = type.equals("BF16") ? 0x1p-9 : type.equals("F16") ? 0x1p-12 : 0x1p-25;
          for (int i = 0; i < exact.length; i++) {
            // Half of the last bit, and what fp32 itself rounds.
            double bound = half * Math.abs(exact[i]) * 2 + 1e-7;
            assertThat(tensor.values()[i]).as(name).isCloseTo(exact[i], within(bound));
          }
        });
  }

  @Test
  void merge_copiesTokenizerTemplatesAndLicence_andSaysWhatItLeaves() throws IOException {
    Path base = folder.resolve("base");
    copy(CASES.resolve("65-merge/base"), base);
    Files.writeString(base.resolve("pytorch_model.bin"), "never opened");
    Path merged = folder.resolve("merged");
    Path adapter = folder.resolve("adapter");
    try (LanguageModel model = LanguageModel.load(base, Placement.on("cpu"))) {
      model.train(Lora.rank(1)).saveAdapter(adapter);
    }

    CalledDpo called =
        CalledDpo.with("merge", "--model", base, "--adapter", adapter, "--out", merged);

    assertThat(called.exitCode()).as(called.err()).isZero();
    ImmutableList<String> copied =
        ImmutableList.of(
            "LICENSE",
            "added_tokens.json",
            "additional_chat_templates/tool_use.jinja",
            "chat_template.jinja",
            "generation_config.json",
            "merges.txt",
            "preprocessor_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "vocab.json");
    assertThat(called.err())
        .isEqualToNormalizingNewlines(
            "copied from the model: "
                + String.join(", ", copied)
                + "\nnot copied: pytorch_model.bin\n");
    for (String name : copied) {
      assertThat(merged.resolve(name)).hasSameBinaryContentAs(base.resolve(name));
    }
    assertThat(merged.resolve("pytorch_model.bin")).doesNotExist();
  }

  /** {@code W + s·B A} in double precision. */
  private static double[] exact(
      String name, Map<String, FileTensor> base, Map<String, FileTensor> adapter, double scale) {
    double[] w = Objects.requireNonNull(base.get(name)).values().clone();
    String module = "base_model.model." + name.replaceAll("\\.weight$", "");
    FileTensor a = adapter.get(module + ".lora_A.weight");
    FileTensor b = adapter.get(module + ".lora_B.weight");
    if (a != null && b != null) {
      int rank = a.shape()[0];
      int in = a.shape()[1];
      for (int i = 0; i < w.length; i++) {
        int row = i / in;
        int column = i % in;
        w[i] +=
            scale
                * IntStream.range(0, rank)
                    .mapToDouble(k -> b.values()[row * rank + k] * a.values()[k * in + column])
                    .sum();
      }
    }
    return w;
  }

  /** Scores as transformers scored: each token of the second text after the first one. */
  private static void requireExpected(Path model, Path expected, double tolerance)
      throws IOException {
    JsonObject json = json(expected);
    JsonArray ids = json.getAsJsonArray("ids").get(0).getAsJsonArray();
    double[] logProbs =
        json.getAsJsonArray("logps").get(0).getAsJsonArray().asList().stream()
            .mapToDouble(JsonElement::getAsDouble)
            .toArray();
    try (LanguageModel loaded = LanguageModel.load(model, Placement.on("cpu"))) {
      TokenValues scores =
          loaded
              .base()
              .logProbs(
                  List.of(
                      PromptGroup.of(
                          ImmutableIntArray.copyOf(ints(ids.get(0))),
                          List.of(ImmutableIntArray.copyOf(ints(ids.get(1)))))));
      assertThat(scores.row(0)).containsExactly(logProbs, within(tolerance));
    }
  }

  private static int[] ints(JsonElement array) {
    return array.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  private static void copyTokenizer(Path model) throws IOException {
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(MODELS.resolve("llama").resolve(name), model.resolve(name));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
