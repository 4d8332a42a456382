package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given beside the messages' content, where the template reads it. */
final class ChatExtrasTest {

  private static final Text.Chat PROMPT = (Text.Chat) Text.of(List.of(Message.user("agree?")));
  private static final Text ANSWER = Text.of(List.of(Message.assistant("yes")));

  @TempDir Path temporary;

  private ModelTokenizer with(String template) {
    return ModelTokenizer.load(
        ModelCopy.in(temporary).write("chat_template.jinja", template).directory());
  }

  @Test
  void tools_standInThePrompt() {
    Text.Chat prompt =
        new Text.Chat(PROMPT.messages(), Optional.of("[{\"name\": \"clock\"}]"), ImmutableMap.of());
    try (ModelTokenizer tokenizer =
        with(
            "{% if tools %}{{ tools[0].name }}: {% endif %}"
                + "{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}")) {
      PromptGroup group = tokenizer.encode(prompt, List.of(ANSWER));

      assertThat(group.prompt()).isEqualTo(tokenizer.encode("clock: agree?<|im_end|>"));
      assertThat(group.completions()).containsExactly(tokenizer.encode("yes<|im_end|>"));
    }
  }

  @Test
  void reasoning_standsInTheCompletion() {
    Text answer = Text.of(List.of(Message.assistant("yes").withReasoning("the reader agrees")));
    try (ModelTokenizer tokenizer =
        with(
            "{% for m in messages %}{% if m.reasoning_content is defined %}<think>{{"
                + " m.reasoning_content }}</think>{% endif %}{{ m.content }}<|im_end|>{% endfor %}")) {
      assertThat(tokenizer.encode(PROMPT, List.of(answer)).completions())
          .containsExactly(tokenizer.encode("<think>the reader agrees</think>yes<|im_end|>"));
    }
  }

  @Test
  void argument_isReadByTheTemplate() {
    Text.Chat prompt =
        new Text.Chat(
            PROMPT.messages(), Optional.empty(), ImmutableMap.of("enable_thinking", "false"));
    try (ModelTokenizer tokenizer =
        with(
            "{% for m in messages %}{{ m.content }}<|im_end|>\n{% endfor %}{% if"
                + " add_generation_prompt %}{% if enable_thinking is defined and enable_thinking is"
                + " false %}<think></think>{% endif %}{% endif %}")) {
      assertThat(tokenizer.encodePrompt(prompt))
          .isEqualTo(tokenizer.encode("agree?<|im_end|>\n<think></think>"));
      assertThat(tokenizer.encodePrompt(PROMPT)).isEqualTo(tokenizer.encode("agree?<|im_end|>\n"));
    }
  }

  @Test
  void date_isThatOfTheTokenizer() {
    try (ModelTokenizer tokenizer =
        with(
            "{{ strftime_now('%d %b %Y') }}: {% for m in messages %}{{ m.content }}<|im_end|>"
                + "{% endfor %}")) {
      ModelTokenizer dated = tokenizer.asOf(LocalDate.of(2026, 7, 26));

      assertThat(tokenizer.writesDate()).isTrue();
      assertThat(dated.encode(PROMPT, List.of(ANSWER)).prompt())
          .isEqualTo(tokenizer.encode("26 Jul 2026: agree?<|im_end|>"));
    }
  }
}
