package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Boundary;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Encoding with the tiny checkpoints; their expected ids are the Python library's. */
final class ModelTokenizerTest {

  private static final String TEMPLATE_WITH_BOS =
      """
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
       "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<|im_start|>"]}}}""";

  @TempDir Path temporary;

  @ParameterizedTest
  @FieldSource("org.dpo4j.torch.internal.tokenizer.ModelCopy#NAMES")
  void text_hasTheIdsOfThePythonLibrary(String model) {
    JsonObject expected = ModelCopy.json(ModelCopy.original(model).resolve("expected.json"));
    JsonArray texts = expected.getAsJsonArray("input_texts");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original(model))) {
      for (int i = 0; i < texts.size(); i++) {
        ImmutableIntArray ids = ids(expected.getAsJsonArray("inputs").get(i));

        assertThat(tokenizer.encode(texts.get(i).getAsString())).isEqualTo(ids);
        assertThat(tokenizer.decode(ids)).isEqualTo(texts.get(i).getAsString());
      }
    }
  }

  @ParameterizedTest
  @FieldSource("org.dpo4j.torch.internal.tokenizer.ModelCopy#NAMES")
  void pair_hasTheIdsOfItsPartsAndOneEnd(String model) {
    JsonObject expected = ModelCopy.json(ModelCopy.original(model).resolve("expected.json"));
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original(model))) {
      for (int i = 0; i < 3; i++) {
        JsonArray texts = expected.getAsJsonArray("pair_texts").get(i).getAsJsonArray();
        JsonObject pair = expected.getAsJsonArray("pairs").get(i).getAsJsonObject();

        PromptGroup group =
            tokenizer.encode(
                Text.of(texts.get(0).getAsString()),
                List.of(Text.of(texts.get(1).getAsString()), Text.of(texts.get(2).getAsString())));

        assertThat(group)
            .isEqualTo(
                PromptGroup.of(
                    ids(pair.get("prompt")),
                    List.of(ids(pair.get("chosen")), ids(pair.get("rejected")))));
      }
    }
  }

  @Test
  void completionThatEnds_getsNoSecondEnd() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      PromptGroup group = encode(tokenizer, "The model", " prefers.<|im_end|>", " prefers.", "");

      assertThat(group.completions().get(0)).isEqualTo(group.completions().get(1));
      assertThat(group.completions().get(2)).isEqualTo(ImmutableIntArray.of(2));
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
  }

  @Test
  void anyEndOfTheGenerationConfig_endsACompletion() {
    ModelCopy copy = copy().set("generation_config.json", "eos_token_id", "[2, 0]");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      ImmutableIntArray ids =
          encode(tokenizer, "The model", " prefers<|endoftext|>").completions().get(0);

      assertThat(ids.get(ids.length() - 1)).isZero();
    }
  }

  @Test
  void noEndInTheConfig_isReadFromTheOtherFiles() {
    ModelCopy copy = copy().edit("tokenizer_config.json", json -> json.remove("eos_token"));
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
    copy.write("special_tokens_map.json", "{\"eos_token\": {\"content\": \"<|endoftext|>\"}}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.eosId()).isZero();
    }
    copy.delete("special_tokens_map.json").delete("generation_config.json");
    assertThatThrownBy(() -> ModelTokenizer.load(copy.directory()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            temporary
                + ": must state the token that ends a text, as eos_token in tokenizer_config.json or"
                + " as eos_token_id in generation_config.json");
  }

  @Test
  void beginning_isAddedWhereThePostProcessorAddsIt_once() {
    ModelCopy copy = copy().set("tokenizer.json", "post_processor", TEMPLATE_WITH_BOS);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      PromptGroup group = encode(tokenizer, "The model", " prefers");

      assertThat(group.prompt().get(0)).isEqualTo(1);
      assertThat(encode(tokenizer, "<|im_start|>The model", " prefers")).isEqualTo(group);
      assertThat(tokenizer.encode("The model"))
          .isEqualTo(group.prompt().subArray(1, group.prompt().length()));
      assertThat(tokenizer.bosId()).hasValue(1);
    }
  }

  @Test
  void beginning_isNotWhatTheConfigSaysButThePostProcessor() {
    ModelCopy copy = copy().set("tokenizer_config.json", "add_bos_token", "true");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(encode(tokenizer, "The model", " prefers").prompt())
          .isEqualTo(tokenizer.encode("The model"));
    }
    copy.set("tokenizer.json", "post_processor", TEMPLATE_WITH_BOS)
        .set("tokenizer_config.json", "add_bos_token", "false");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(encode(tokenizer, "The model", " prefers").prompt().get(0)).isEqualTo(1);
    }
  }

  @Test
  void tokenAcrossTheBoundary_isTheCompletionsWhereThatIsAskedFor() {
    try (ModelTokenizer tokenizer =
        ModelTokenizer.load(ModelCopy.original("llama"), Boundary.COMMON_PREFIX)) {
      Tokenized joined =
          tokenizer.tokenize(
              Text.of("The model prefers "), List.of(Text.of("a small"), Text.of("the answer")));
      Tokenized apart =
          tokenizer.tokenize(
              Text.of("The model prefers"), List.of(Text.of(" a small"), Text.of(" the answer")));

      assertThat(joined.cutEarly()).isTrue();
      assertThat(apart.cutEarly()).isFalse();
      assertThat(joined.group()).isEqualTo(apart.group());
      assertThat(tokenizer.settings()).containsExactly(entry("boundary", "common-prefix"));
    }
  }

  @Test
  void tokensThatBeginAText_areCounted() {
    ModelCopy copy = copy().set("tokenizer.json", "post_processor", TEMPLATE_WITH_BOS);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.tokenize(Text.of("The"), List.of(Text.of(" model"))).beginning())
          .isEqualTo(1);
    }
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      assertThat(tokenizer.tokenize(Text.of("The"), List.of(Text.of(" model"))).beginning())
          .isZero();
      assertThat(
              tokenizer
                  .tokenize(Text.of("<|im_start|>The"), List.of(Text.of(" model")))
                  .beginning())
          .isEqualTo(1);
    }
  }

  @Test
  void otherBoundaryOrDate_isAnotherFingerprint() {
    ModelCopy dated = copy().write("chat_template.jinja", "{{ strftime_now('%Y') }}");
    try (ModelTokenizer strict = ModelTokenizer.load(dated.directory());
        ModelTokenizer common = ModelTokenizer.load(dated.directory(), Boundary.COMMON_PREFIX);
        ModelTokenizer undated = ModelTokenizer.load(ModelCopy.original("llama"))) {
      LocalDate day = LocalDate.of(2026, 12, 1);

      assertThat(
              List.of(
                  strict.fingerprint(),
                  common.fingerprint(),
                  strict.asOf(day).fingerprint(),
                  strict.asOf(day.plusDays(1)).fingerprint()))
          .doesNotHaveDuplicates();
      assertThat(undated.writesDate()).isFalse();
      assertThat(undated.asOf(day)).isSameAs(undated);
    }
  }

  @Test
  void tokenAcrossTheBoundary_isRefusedWithTheTextsAroundIt() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      assertThatThrownBy(() -> encode(tokenizer, "I agree with\nth", " and", "e reader agrees."))
          .isInstanceOfSatisfying(
              BoundaryMergeException.class,
              e -> {
                assertThat(e.promptEnd()).isEqualTo("I agree with\nth");
                assertThat(e.completionStart()).isEqualTo("e reader agrees.");
              })
          .hasMessage(
              "prompt and completion 1 cannot be told apart in tokens: the tokenizer joins them at"
                  + " 'I agree with\\nth' + 'e reader agrees.', from the token 'he' on; end the prompt"
                  + " where a token ends, for instance give the space at its end to the completion,"
                  + " or cut it where its completions leave it as it is, by the boundary rule"
                  + " common-prefix (--boundary common-prefix)");
    }
  }

  @Test
  void decode_leavesSpecialTokensOut() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      PromptGroup group = encode(tokenizer, "naïve", " café – 日本語 ✓");

      assertThat(tokenizer.decode(group.completions().get(0))).isEqualTo(" café – 日本語 ✓");
    }
  }

  @Test
  void decode_unknownId_isRefusedBeforeTheLibrarySeesIt() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      for (int id : new int[] {-1, 380, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> tokenizer.decode(ImmutableIntArray.of(3, id)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("token id must be one of the vocabulary's 380 ids, got " + id);
      }
    }
  }

  @Test
  void halfASurrogatePair_isRefused() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      assertThatThrownBy(() -> tokenizer.encode("ab\uD83D"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("text must not hold half a surrogate pair, got one at character 2");
      assertThat(tokenizer.decode(tokenizer.encode("a\0b \uD83E\uDD8A")))
          .isEqualTo("a\0b \uD83E\uDD8A");
    }
  }

  @Test
  void textOfMoreCharactersThanAreSafe_isRefused() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      assertThatThrownBy(() -> tokenizer.encode("a".repeat(2_000_001)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "text must have at most 2000000 characters for %s, got 2000001",
              ModelCopy.original("llama").resolve("tokenizer.json"));
    }
  }

  @Test
  void modelOfFewerRowsThanTokens_isRefused() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      tokenizer.checkFits(380);
      assertThat(tokenizer.vocabularySize()).isEqualTo(380);
      assertThatThrownBy(() -> tokenizer.checkFits(379))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(
              "vocab_size of the model must be at least 380, for the token '.+' of .+llama, got 379");
    }
  }

  @Test
  void fingerprint_changesWithAnyOfTheFilesAndOnlyWithThem() {
    ModelCopy copy = copy();
    String before = fingerprint(copy);

    assertThat(before).hasSize(64).isEqualTo(fingerprint(ModelCopy.original("llama")));
    assertThat(fingerprint(copy.write("README.md", "hello"))).isEqualTo(before);
    String withTemplate = fingerprint(copy.write("chat_template.jinja", "{{ messages }}"));
    assertThat(withTemplate).isNotEqualTo(before);
    assertThat(fingerprint(copy.set("tokenizer_config.json", "model_max_length", "7")))
        .isNotEqualTo(withTemplate);
  }

  @Test
  void severalThreads_giveWhatOneGives() throws Exception {
    List<String> texts =
        IntStream.range(0, 200).mapToObj(i -> "The reader " + i + " agrees – 日本語 ✓").toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      List<ImmutableIntArray> alone = texts.stream().map(tokenizer::encode).toList();

      List<Future<List<ImmutableIntArray>>> together =
          IntStream.range(0, 8)
              .mapToObj(i -> threads.submit(() -> texts.stream().map(tokenizer::encode).toList()))
              .toList();

      for (Future<List<ImmutableIntArray>> one : together) {
        assertThat(one.get()).isEqualTo(alone);
      }
      assertThat(alone.stream().map(tokenizer::decode)).isEqualTo(texts);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void closed_isRefusedAndClosesTwice() {
    ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"));
    tokenizer.close();
    tokenizer.close();

    assertThatThrownBy(() -> tokenizer.encode("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the tokenizer of %s is closed", ModelCopy.original("llama").resolve("tokenizer.json"));
  }

  @Test
  void loading_leavesTheOfflineSwitchAsItWas() {
    System.clearProperty("ai.djl.offline");
    ModelTokenizer.load(ModelCopy.original("llama")).close();

    assertThat(System.getProperty("ai.djl.offline")).isNull();
  }

  private ModelCopy copy() {
    return ModelCopy.in(temporary);
  }

  private static String fingerprint(ModelCopy copy) {
    return fingerprint(copy.directory());
  }

  private static String fingerprint(Path directory) {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(directory)) {
      return tokenizer.fingerprint();
    }
  }

  private static PromptGroup encode(
      ModelTokenizer tokenizer, String prompt, String... completions) {
    return tokenizer.encode(Text.of(prompt), List.of(completions).stream().map(Text::of).toList());
  }

  static ImmutableIntArray ids(JsonElement list) {
    return ImmutableIntArray.copyOf(
        list.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt));
  }
}
