package org.dpo4j.torch.internal.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.template.GoldenChats.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates against what Python's jinja2 makes of them, byte for byte. */
final class ChatTemplateGoldenTest {

  private static final Map<String, List<Golden>> PUBLISHED =
      GoldenChats.read("goldens.json").collect(Collectors.groupingBy(Golden::template));

  static Stream<String> published() {
    return PUBLISHED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("published")
  void publishedTemplate_writesWhatPythonWrites(String name) {
    ChatTemplate template = GoldenChats.published(name);
    for (Golden golden : PUBLISHED.getOrDefault(name, List.of())) {
      if (golden.expected().isPresent() && !asksForMore(golden)) {
        assertThat(golden.render(template)).as("%s", golden).isEqualTo(golden.expected().get());
      } else {
        assertThatThrownBy(() -> golden.render(template))
            .as("%s", golden)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching(name + ": line \\d+: .+");
      }
    }
  }

  /** The one template here that asks for loop.previtem, and of a chat with a tool's answer. */
  private static boolean asksForMore(Golden golden) {
    return golden.template().equals("hermes.jinja")
        && golden.messages().stream().anyMatch(message -> message.role().equals("tool"));
  }

  @Test
  void randomProgram_writesWhatPythonWritesOrIsRefused() {
    List<String> refusals = new ArrayList<>();
    List<Golden> all = GoldenChats.read("programs.json").toList();
    for (Golden golden : all) {
      String written;
      try {
        written = golden.render(ChatTemplate.of("t", golden.template(), GoldenChats.TOKENS));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s)t: line \\d+: .+");
        refusals.add(e.getMessage());
        continue;
      }
      assertThat(written).as("%s", golden).isEqualTo(golden.expected().orElseThrow());
    }
    assertThat(all).hasSizeGreaterThan(300);
    assertThat(refusals).hasSizeLessThan(all.size() / 20);
  }
}
