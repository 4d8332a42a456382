package org.dpo4j.torch.internal.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Message;
import org.dpo4j.torch.internal.template.GoldenChats.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates against what Python's jinja2 makes of them, byte for byte. */
final class ChatTemplateGoldenTest {

  private static final Map<String, List<Golden>> PUBLISHED =
      GoldenChats.read("goldens.json").collect(Collectors.groupingBy(Golden::template));

  private static final Map<String, String> TOKENS_OF_THE_FIELD_CASE =
      Map.of("bos_token", "<|im_start|>", "eos_token", "<|im_end|>");

  private static final Map<String, String> REFUSED_OF_THE_FIELD_CASE =
      Map.of(
          // Its answer is another each time.
          "wordcount", "a random choice is not supported",
          // Python prints an address.
          "x-nested-attr",
              "Python prints where a function is in memory, which no prompt should hold");

  static Stream<String> published() {
    return PUBLISHED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("published")
  void publishedTemplate_writesWhatPythonWrites(String name) {
    ChatTemplate template = GoldenChats.published(name);
    for (Golden golden : PUBLISHED.getOrDefault(name, List.of())) {
      if (golden.expected().isPresent()) {
        assertThat(golden.render(template)).as("%s", golden).isEqualTo(golden.expected().get());
      } else {
        assertThatThrownBy(() -> golden.render(template))
            .as("%s", golden)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching(name + ": line \\d+: .+");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"programs.json", "wide-programs.json"})
  void randomProgram_writesWhatPythonWrites(String file) {
    List<Golden> all = GoldenChats.read(file).toList();
    for (Golden golden : all) {
      // The one filter that is refused on purpose, where it would have to know all of HTML.
      if (golden.template().contains("('x<y&z')|striptags")) {
        continue;
      }
      assertThat(golden.renderTemplate())
          .as("%s", golden)
          .isEqualTo(golden.expected().orElseThrow());
    }
    assertThat(all).hasSizeGreaterThan(300);
  }

  /** One template for each thing that Jinja can do, or cannot. */
  @Test
  void construct_writesWhatPythonWritesOrIsRefusedAsThere() {
    List<Golden> all = GoldenChats.read("constructs.json").toList();
    for (Golden golden : all) {
      if (golden.expected().isPresent()) {
        assertThat(golden.renderTemplate()).as("%s", golden).isEqualTo(golden.expected().get());
      } else {
        assertThatThrownBy(golden::renderTemplate)
            .as("%s", golden)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching("t: line \\d+: .+");
      }
    }
    assertThat(all).hasSizeGreaterThan(150);
  }

  /** 101 small templates, each with three chats, and what transformers 5.24 made of them. */
  @Test
  void templateOfTheFieldCase_writesWhatTransformersWrites() {
    List<Message> polite =
        List.of(
            Message.system("Be polite."),
            Message.user("Once upon a time"),
            Message.assistant("a small fox"),
            Message.user("and then?"));
    List<Message> learned = new ArrayList<>(polite);
    learned.add(Message.assistant("it learned."));
    List<List<Message>> chats = List.of(polite, learned, List.of(Message.user("  naïve café ✓ ")));
    JsonObject cases =
        JsonParser.parseString(GoldenChats.text("field-case-54.json")).getAsJsonObject();
    Map<String, String> refused = new HashMap<>();
    cases
        .asMap()
        .forEach(
            (name, one) -> {
              String template = one.getAsJsonObject().get("template").getAsString();
              JsonObject renderings = one.getAsJsonObject().getAsJsonObject("renderings");
              for (int chat = 0; chat < chats.size(); chat++) {
                JsonElement expected = renderings.get(String.valueOf(chat));
                String written;
                try {
                  ChatTemplate read = ChatTemplate.of("t", template, TOKENS_OF_THE_FIELD_CASE);
                  written = GoldenChats.render(read, chats.get(chat), chat != 1);
                } catch (IllegalArgumentException e) {
                  if (expected.isJsonPrimitive()) {
                    refused.put(name, String.valueOf(e.getMessage()).replace("t: line 1: ", ""));
                  }
                  continue;
                }
                assertThat(expected.isJsonPrimitive()).as(name).isTrue();
                assertThat(written).as(name).isEqualTo(expected.getAsString());
              }
            });
    assertThat(refused).isEqualTo(REFUSED_OF_THE_FIELD_CASE);
    assertThat(cases.size()).isEqualTo(101);
  }
}
