package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where turns begin and end, with templates of many makes. */
final class TurnsTest {

  private static final Text.Chat PROMPT =
      (Text.Chat) Text.of(List.of(Message.user("how do I boil an egg?")));
  private static final Text.Chat ANSWER =
      (Text.Chat) Text.of(List.of(Message.assistant("nine minutes.")));
  private static final String TURNS =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

  @TempDir Path temporary;

  private ModelTokenizer with(String template) {
    return ModelTokenizer.load(
        ModelCopy.in(temporary).write("chat_template.jinja", template).directory());
  }

  /** With {@code <|endoftext|>} as the only token that ends a text. */
  private ModelTokenizer endingOtherwise(String template) {
    ModelCopy copy =
        ModelCopy.in(temporary)
            .write("chat_template.jinja", template)
            .set("tokenizer_config.json", "eos_token", "\"<|endoftext|>\"")
            .set("generation_config.json", "eos_token_id", "0");
    return ModelTokenizer.load(copy.directory());
  }

  private static void assertIds(ModelTokenizer tokenizer, String prompt, String completion) {
    PromptGroup group = tokenizer.encode(PROMPT, List.of(ANSWER));

    assertThat(group.prompt()).isEqualTo(tokenizer.encode(prompt));
    assertThat(group.completions()).containsExactly(tokenizer.encode(completion));
  }

  @Test
  void promptThatOpensAThought_isCutAtTheCommonPrefix() {
    try (ModelTokenizer tokenizer =
        with(TURNS + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}")) {
      assertIds(
          tokenizer,
          "<|im_start|>user\nhow do I boil an egg?<|im_end|>\n<|im_start|>assistant\n",
          "nine minutes.<|im_end|>\n");
      assertThat(tokenizer.tokenize(PROMPT, List.of(ANSWER)).cutEarly()).isTrue();
    }
  }

  @Test
  void completionsOfOnePrompt_areCutWhereAllAgree() {
    try (ModelTokenizer tokenizer =
        with(
            "{% for m in messages %}{{ m.content + (' ' if m.role == 'user' else eos_token) }}"
                + "{% endfor %}")) {
      Tokenized joined =
          tokenizer.tokenize(
              PROMPT, List.of(ANSWER, Text.of(List.of(Message.assistant("the pan")))));

      assertThat(joined.cutEarly()).isTrue();
      assertThat(joined.group())
          .isEqualTo(
              PromptGroup.of(
                  tokenizer.encode("how do I boil an egg?"),
                  List.of(
                      tokenizer.encode(" nine minutes.<|im_end|>"),
                      tokenizer.encode(" the pan<|im_end|>"))));
    }
  }

  @Test
  void lastMessageThatIsWrittenInAnotherWayBeforeAnAnswer_isRefused() {
    try (ModelTokenizer tokenizer =
        with(
            "{% for m in messages %}{{ 'Now: ' if loop.last else '' }}{{ m.content }}\n"
                + "{% endfor %}")) {
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the chat template of %s must begin prompt and completion 0 with what it makes of the"
                  + " prompt alone, but after 0 characters it goes on with 'how do I boil an egg' and"
                  + " not with 'Now: how do I boil a'",
              temporary);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        // a special token before the role; line breaks or none
        "<|im_start|>{{ r }}\\n{{ c }}<|im_end|>\\n, <|im_start|>assistant\\n, nine minutes.<|im_end|>\\n",
        "<|im_start|>{{ r }}\\n{{ c }}<|im_end|>, <|im_start|>assistant\\n, nine minutes.<|im_end|>",
        // plain headers
        "<|{{ r }}|>\\n{{ c }}<|im_end|>\\n, <|assistant|>\\n, nine minutes.<|im_end|>\\n",
        "### {{ r }}:\\n{{ c }}<|im_end|>\\n, ### assistant:\\n, nine minutes.<|im_end|>\\n",
        // no token at a turn's end: it gets the one that ends a text
        "{{ r }}: {{ c }}\\n, assistant:, ` nine minutes.\\n<|im_end|>`",
      })
  void headerThatIsAlwaysWritten_isNotLearnt(String turn, String header, String completion) {
    String loop =
        "{% for m in messages %}{% set r = m.role %}{% set c = m.content %}"
            + turn.replace("\\n", "\n")
            + "{% endfor %}";
    String headed =
        turn.replace("{{ r }}", "user").replace("{{ c }}", "how do I boil an egg?") + header;
    try (ModelTokenizer tokenizer = with(loop + "{{ '" + header + "' }}")) {
      ImmutableIntArray ids = tokenizer.encode(PROMPT, List.of(ANSWER)).completions().get(0);

      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).prompt())
          .isEqualTo(tokenizer.encode(headed.replace("\\n", "\n")));
      assertThat(ids).isEqualTo(tokenizer.encode(completion.replace("\\n", "\n")));
    }
  }

  @Test
  void endOfTheTextBehindTheLastTurn_stays() {
    try (ModelTokenizer tokenizer =
        with(
            TURNS
                + "{{ '<|im_start|>assistant\n' if add_generation_prompt else '<|endoftext|>' }}")) {
      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).completions())
          .containsExactly(tokenizer.encode("nine minutes.<|im_end|>\n<|endoftext|>"));
    }
  }

  @Test
  void endOfTheTextBehindEveryChat_isTheAnswersEnd() {
    try (ModelTokenizer tokenizer =
        endingOtherwise("{% for m in messages %}{{ m.content }}{% endfor %}{{ eos_token }}")) {
      assertIds(tokenizer, "how do I boil an egg?", "nine minutes.<|endoftext|>");
    }
  }

  @Test
  void turnThatEndsWithASpecialToken_getsNoOtherEnd() {
    try (ModelTokenizer tokenizer =
        endingOtherwise(
            TURNS + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")) {
      assertIds(
          tokenizer,
          "<|im_start|>user\nhow do I boil an egg?<|im_end|>\n<|im_start|>assistant\n",
          "nine minutes.<|im_end|>\n");
    }
  }

  @Test
  void specialTokenInAnAnswer_isNoEndOfATurn() {
    try (ModelTokenizer tokenizer =
        endingOtherwise("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")) {
      Text answer = Text.of(List.of(Message.assistant("it is <|im_end|>")));

      assertThat(tokenizer.encode(PROMPT, List.of(answer)).completions())
          .containsExactly(tokenizer.encode("assistant: it is <|im_end|>\n<|endoftext|>"));
    }
  }

  @Test
  void addedTokenThatIsNotSpecial_endsATurnIfItEndsThePromptsToo() {
    ModelCopy copy =
        ModelCopy.in(temporary)
            .set("tokenizer_config.json", "eos_token", "\"<|endoftext|>\"")
            .set("generation_config.json", "eos_token_id", "0")
            .edit(
                "tokenizer.json",
                json ->
                    json.getAsJsonArray("added_tokens")
                        .get(2)
                        .getAsJsonObject()
                        .addProperty("special", false));
    copy.write("chat_template.jinja", TURNS);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).completions())
          .containsExactly(tokenizer.encode("<|im_start|>assistant\nnine minutes.<|im_end|>\n"));
    }
    copy.write(
        "chat_template.jinja",
        "{% for m in messages %}{{ m.content }}{{ '<|im_end|>' if m.role == 'assistant' }}\n"
            + "{% endfor %}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).completions())
          .containsExactly(tokenizer.encode("nine minutes.<|im_end|>\n<|endoftext|>"));
    }
  }

  @Test
  void textOfAChat_hasNothingInFrontThatTheTemplateDoesNotWrite() {
    ModelCopy copy =
        ModelCopy.in(temporary)
            .set(
                "tokenizer.json",
                "post_processor",
                """
                {"type": "TemplateProcessing",
                 "single": [{"SpecialToken": {"id": "s", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                 "pair": [],
                 "special_tokens": {"s": {"id": "s", "ids": [1], "tokens": ["<|im_start|>"]}}}""")
            .write("chat_template.jinja", "{% for m in messages %}{{ m.content }}\n{% endfor %}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).prompt())
          .isEqualTo(tokenizer.encode("how do I boil an egg?\n"))
          .isEqualTo(tokenizer.encodePrompt(PROMPT));
    }
  }

  @Test
  void reasoningToolsAndArgumentsThatTheTemplateDoesNotRead_areRefused() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      Path directory = ModelCopy.original("llama");
      Text thoughtful =
          Text.of(List.of(Message.assistant("nine minutes.").withReasoning("water boils")));
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER, thoughtful)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the chat template of %s doesn't write the reasoning of completion 1; leave that out,"
                  + " or use a model whose template writes it",
              directory);
      Text calling =
          Text.of(
              List.of(
                  Message.assistant("")
                      .withFields(ImmutableMap.of("tool_calls", "[{\"name\": \"clock\"}]"))));
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(calling)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the chat template of %s doesn't write the tool calls of completion 0; leave that"
                  + " out, or use a model whose template writes it",
              directory);
      Text.Chat tools =
          new Text.Chat(
              PROMPT.messages(), Optional.of("[{\"name\": \"clock\"}]"), ImmutableMap.of());
      assertThatThrownBy(() -> tokenizer.encode(tools, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the chat template of %s doesn't write the tools that the chat has; leave that out, or"
                  + " use a model whose template writes it",
              directory);
      Text.Chat told =
          new Text.Chat(
              PROMPT.messages(), Optional.empty(), ImmutableMap.of("enable_thinking", "false"));
      assertThatThrownBy(() -> tokenizer.encode(told, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the chat template of %s doesn't read 'enable_thinking', which the chat gives it;"
                  + " leave it out, or use a model whose template reads it",
              directory);
    }
  }

  @Test
  void chatWithTools_hasTheTemplateForTools() throws IOException {
    ModelCopy copy =
        ModelCopy.in(temporary)
            .write("chat_template.jinja", "{% for m in messages %}{{ m.content }}{% endfor %}");
    Text.Chat tools =
        new Text.Chat(PROMPT.messages(), Optional.of("[{\"name\": \"clock\"}]"), ImmutableMap.of());
    Files.createDirectories(temporary.resolve("additional_chat_templates"));
    copy.write("additional_chat_templates/tool_use.jinja", "{{ raise_exception('for tools') }}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThatThrownBy(() -> tokenizer.encode(tools, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tool_use.jinja: line 1")
          .hasMessageContaining("for tools");
      assertThat(tokenizer.encode(PROMPT, List.of(ANSWER)).prompt())
          .isEqualTo(tokenizer.encode("how do I boil an egg?"));
    }
  }
}
