package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages to ids, with the ChatML template of the tiny checkpoints and with others. */
final class ChatEncodingTest {

  private static final Text PROMPT = Text.of(List.of(Message.user("how do I boil an egg?")));
  private static final Text ANSWER = Text.of(List.of(Message.assistant("nine minutes.")));

  @TempDir Path temporary;

  @Test
  void chat_isRenderedWithTheTurnOfTheModelInThePrompt() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      PromptGroup group = tokenizer.encode(PROMPT, List.of(ANSWER));

      assertThat(group.prompt())
          .isEqualTo(
              tokenizer.encode(
                  "<|im_start|>user\nhow do I boil an egg?<|im_end|>\n<|im_start|>assistant\n"));
      assertThat(group.completions())
          .containsExactly(tokenizer.encode("nine minutes.<|im_end|>\n"));
    }
  }

  @Test
  void textThatLooksLikeATemplate_staysText() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      Text answer = Text.of(List.of(Message.assistant("{{ 7*7 }}{% endif %}")));

      ImmutableIntArray completion = tokenizer.encode(PROMPT, List.of(answer)).completions().get(0);

      assertThat(tokenizer.decode(completion)).isEqualTo("{{ 7*7 }}{% endif %}\n");
    }
  }

  @Test
  void answerThatTheTemplateDoesNotEnd_isEnded() {
    String template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n\n{% endfor %}";
    ModelCopy copy = ModelCopy.in(temporary).write("chat_template.jinja", template);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      PromptGroup group = tokenizer.encode(PROMPT, List.of(ANSWER));

      assertThat(tokenizer.decode(group.prompt())).isEqualTo("user: how do I boil an egg?\n\n");
      ImmutableIntArray completion = group.completions().get(0);
      assertThat(completion.get(completion.length() - 1)).isEqualTo(tokenizer.eosId());
      assertThat(tokenizer.decode(completion)).isEqualTo("assistant: nine minutes.\n\n");
    }
  }

  @Test
  void beginningInTheTemplate_isNotAddedAgain() {
    ModelCopy copy =
        ModelCopy.in(temporary)
            .set("tokenizer_config.json", "add_bos_token", "true")
            .write(
                "chat_template.jinja",
                "{{ bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      PromptGroup group = tokenizer.encode(PROMPT, List.of(ANSWER));

      assertThat(group.prompt())
          .isEqualTo(tokenizer.encode("<|im_start|>how do I boil an egg?<|im_end|>"));
      assertThat(group.completions()).containsExactly(tokenizer.encode("nine minutes.<|im_end|>"));
    }
  }

  @Test
  void namedTemplates_haveADefault() {
    ModelCopy copy = ModelCopy.in(temporary);
    named(copy, "default");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      PromptGroup group = tokenizer.encode(PROMPT, List.of(ANSWER));

      assertThat(tokenizer.decode(group.prompt())).isEqualTo("how do I boil an egg?");
    }
    named(copy, "rag");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              temporary.resolve("tokenizer_config.json")
                  + ": chat_template must be text or have a template named default, got [");
    }
  }

  private static void named(ModelCopy copy, String name) {
    copy.set(
        "tokenizer_config.json",
        "chat_template",
        "[{\"name\": \"tool_use\", \"template\": \"x\"}, {\"name\": \""
            + name
            + "\", \"template\":"
            + " \"{% for m in messages %}{{ m.content }}{% endfor %}\"}]");
  }

  @Test
  void messagesAndPlainText_areNotMixed() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(ModelCopy.original("llama"))) {
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER, Text.of("nine"))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "prompt and completion 1 must both be plain text or both be messages, got one of"
                  + " each");
    }
  }

  @Test
  void noTemplate_isAnErrorForMessagesOnly() {
    ModelCopy copy =
        ModelCopy.in(temporary).edit("tokenizer_config.json", json -> json.remove("chat_template"));
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(plain(tokenizer).completions()).hasSize(1);
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s: has no chat template (chat_template.jinja, or chat_template in"
                  + " tokenizer_config.json); give plain text instead of messages",
              temporary);
    }
  }

  @Test
  void badTemplate_isAnErrorForMessagesOnly() {
    ModelCopy copy =
        ModelCopy.in(temporary).write("chat_template.jinja", "a\n{% include 'secret' %}");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThat(plain(tokenizer).completions()).hasSize(1);
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s: line 2: the tag 'include' is not supported",
              temporary.resolve("chat_template.jinja"));
    }
    copy.delete("chat_template.jinja").set("tokenizer_config.json", "chat_template", "\"{{ x\"");
    try (ModelTokenizer tokenizer = ModelTokenizer.load(copy.directory())) {
      assertThatThrownBy(() -> tokenizer.encode(PROMPT, List.of(ANSWER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s: chat_template: line 1: the tag that begins here must end with }}",
              temporary.resolve("tokenizer_config.json"));
    }
  }

  private static PromptGroup plain(ModelTokenizer tokenizer) {
    return tokenizer.encode(Text.of("The model"), List.of(Text.of(" prefers")));
  }
}
