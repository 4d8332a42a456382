package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFilesTest {

  private @TempDir Path directory;

  private Path file(String... lines) throws IOException {
    return Files.write(directory.resolve("prompts.jsonl"), List.of(lines));
  }

  @Test
  void texts_and_chats_keep_their_order_and_repeated_ones_count_once() throws IOException {
    Path file =
        file(
            "{\"prompt\":\"one\",\"chosen\":\"a\"}",
            "{\"id\":\"x\",\"prompt\":[{\"role\":\"user\",\"content\":\"two\"}]}",
            "{\"prompt\":\"one\",\"chosen\":\"b\"}",
            "{\"id\":7,\"prompt\":\"three\"}");

    assertThat(PromptFiles.read(List.of(file)))
        .containsExactly(
            new Prompt("prompts.jsonl:1", Text.of("one")),
            new Prompt("x", Text.of(List.of(Message.user("two")))),
            new Prompt("7", Text.of("three")));
  }

  @Test
  void record_without_prompt_is_refused_at_its_place() throws IOException {
    Path file = file("{\"prompt\":\"one\"}", "{\"question\":\"two\"}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(file)))
        .withMessage(file + ":2: has no 'prompt'");
  }

  @Test
  void two_prompts_of_one_id_are_refused() throws IOException {
    Path file = file("{\"id\":\"a\",\"prompt\":\"one\"}", "{\"id\":\"a\",\"prompt\":\"two\"}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(file)))
        .withMessage(file + ":2: id must be given once, got 'a' again");
  }

  @Test
  void what_stands_beside_a_prompt_belongs_to_it_as_in_training() throws IOException {
    Path file =
        file(
            "{\"prompt\":\"one\"}",
            "{\"prompt\":\"one\",\"system\":\"Brief.\"}",
            "{\"prompt\":[{\"role\":\"Human\",\"content\":\"two\"}],\"tools\":\"[{\\\"name\\\":\\\"x\\\"}]\","
                + "\"chat_template_kwargs\":{\"enable_thinking\":false}}");

    assertThat(PromptFiles.read(List.of(file)))
        .extracting(Prompt::text)
        .containsExactly(
            Text.of(List.of(Message.user("one"))),
            Text.of(List.of(Message.system("Brief."), Message.user("one"))),
            new Text.Chat(
                ImmutableList.of(Message.user("two")),
                Optional.of("[{\"name\":\"x\"}]"),
                ImmutableMap.of("enable_thinking", "false")));
  }

  @Test
  void prompts_no_text_model_reads_are_refused() throws IOException {
    Path images = file("{\"prompt\":\"one\",\"images\":[\"a.png\"]}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(images)))
        .withMessage(images + ":1: has images");

    Path tools = file("{\"prompt\":\"one\",\"tools\":[{\"name\":\"x\"}]}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(tools)))
        .withMessage(
            tools
                + ":1: offers tools beside plain texts, into which no chat template writes them;"
                + " give the prompt as messages");

    Path arguments = file("{\"prompt\":\"one\",\"chat_template_kwargs\":{\"a\":1}}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(arguments)))
        .withMessage(
            arguments
                + ":1: has chat_template_kwargs beside a plain text; give the prompt as messages");
  }
}
