package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what PEFT 0.21.2 makes of the same options ({@code peft/generate_targets.py}). */
final class TargetModulesTest {

  @TempDir Path temporary;

  static Stream<JsonObject> cases() throws IOException {
    try (InputStream in = TargetModulesTest.class.getResourceAsStream("/peft/targets.json")) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return JsonParser.parseString(json).getAsJsonArray().asList().stream()
          .map(JsonElement::getAsJsonObject);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void options_chooseTheModulesPeftChooses(JsonObject golden) throws IOException {
    AdapterConfig config = config(golden.getAsJsonObject("options"));
    ImmutableMap<String, String> chosen =
        config.modules(TinyModels.decoder(golden.get("model").getAsString())).stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    LinearSpec::module, linear -> shown(config.scale(linear))));
    Map<String, String> expected =
        Maps.transformValues(golden.getAsJsonObject("modules").asMap(), JsonElement::toString);

    assertThat(chosen).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"layers_to_transform", "layers_pattern"})
  void layers_besideAnExpression_refused(String field) throws IOException {
    JsonObject options = new JsonObject();
    options.addProperty("target_modules", ".*q_proj");
    options.addProperty(field, "1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(options))
        .withMessage(
            "%s: %s must be absent where target_modules is a string, got \"1\"",
            temporary.resolve(AdapterFiles.CONFIG), field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"((.*.*)*.*)*X", "(|||||)(|||||)(|||||)(|||||)(|||||)(|||||)(|||||)X"})
  void expression_thatWouldOccupyABacktracker_isJustMatched(String expression) throws IOException {
    JsonObject options = new JsonObject();
    options.addProperty("target_modules", expression);
    AdapterConfig config = config(options);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.modules(TinyModels.decoder("llama")))
        .withMessageContaining("must match a linear module of the llama");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          "(?P<index>layers)" ~ must be a regular expression that RE2 knows (duplicate capture group name)
          [1] ~ must be a list of strings
          """)
  void layersPattern_thatIsNone_refused(String pattern, String message) {
    JsonObject options = layersPattern(JsonParser.parseString(pattern));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(options))
        .withMessage(
            "%s: layers_pattern %s, got %s",
            temporary.resolve(AdapterFiles.CONFIG), message, JsonParser.parseString(pattern));
  }

  @Test
  void layersPatterns_tooMany_refused() {
    JsonArray strings = new JsonArray();
    IntStream.rangeClosed(0, 100).forEach(i -> strings.add("" + i));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(layersPattern(strings)))
        .withMessageStartingWith(
            "%s: layers_pattern must have at most 100 elements, got [\"0\",",
            temporary.resolve(AdapterFiles.CONFIG));
  }

  private static JsonObject layersPattern(JsonElement pattern) {
    JsonObject options = new JsonObject();
    options.add("target_modules", JsonParser.parseString("[\"q_proj\"]"));
    options.add("layers_to_transform", JsonParser.parseString("[0]"));
    options.add("layers_pattern", pattern);
    return options;
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void expression_thatIsTooLarge_refused(String expression) {
    JsonObject options = new JsonObject();
    options.addProperty("target_modules", expression);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(options))
        .withMessageStartingWith(
            "%s: target_modules must be a regular expression of at most 4000 characters, repeated"
                + " ones counted as often, and 100 groups, got \"",
            temporary.resolve(AdapterFiles.CONFIG));
  }

  static Stream<String> tooLarge() {
    return Stream.of(
        "a".repeat(4_001),
        "(".repeat(101) + ")".repeat(101),
        "a{1000}",
        "((a{1,20}b){20}c){0,20}",
        "a{99999999999999999999}");
  }

  @Test
  void expression_asLargeAsItMayBe_fitsTheStack() throws IOException {
    for (String large :
        ImmutableList.of(
            "(?:a?)".repeat(100) + "a?".repeat(1_700),
            "(x*){200}",
            "(".repeat(100) + "a" + ")*".repeat(100),
            ".*".repeat(2_000))) {
      JsonObject options = new JsonObject();
      options.addProperty("target_modules", large);
      AdapterConfig config = config(options);
      assertThat(config.targets().test("model.layers.0.self_attn.q_proj"))
          .isEqualTo(large.startsWith("."));
    }
  }

  @Test
  void pattern_withTooLongKeys_refused() {
    JsonObject options = new JsonObject();
    options.addProperty("target_modules", "all-linear");
    options.add("rank_pattern", new JsonObject());
    options.getAsJsonObject("rank_pattern").addProperty("a".repeat(100_001), 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(options))
        .withMessageStartingWith(
            "%s: rank_pattern must have keys of at most 100000 characters together, got {\"aaa",
            temporary.resolve(AdapterFiles.CONFIG));
  }

  private static String shown(LoraScale scale) {
    return "[" + scale.rank() + "," + scale.value() + "]";
  }

  private AdapterConfig config(JsonObject options) throws IOException {
    JsonObject config = new JsonObject();
    config.addProperty("peft_type", "LORA");
    config.addProperty("r", 4);
    config.addProperty("lora_alpha", 8);
    options.asMap().forEach(config::add);
    Path file = temporary.resolve(AdapterFiles.CONFIG);
    Files.writeString(file, config.toString());
    return AdapterConfig.read(file, AdapterTask.CAUSAL_LM);
  }
}
