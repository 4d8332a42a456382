package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/** What Python's jinja2 made of templates and chats; {@code generate.py} beside it says how. */
final class GoldenChats {

  static final ImmutableMap<String, String> TOKENS =
      ImmutableMap.of("bos_token", "<s>", "eos_token", "</s>");

  private static final LocalDateTime NOW = LocalDateTime.of(2026, 12, 1, 9, 5, 3);

  private GoldenChats() {}

  /**
   * A chat, and what it becomes.
   *
   * @param template its name, or itself
   * @param messages the chat
   * @param prompt whether the model is to answer
   * @param expected the text, or nothing where Python fails too
   */
  record Golden(
      String template, List<Message> messages, boolean prompt, Optional<String> expected) {

    /** Where the template is given itself. */
    String renderTemplate() {
      return render(ChatTemplate.of("t", template, TOKENS));
    }

    String render(ChatTemplate compiled) {
      return GoldenChats.render(compiled, messages, prompt);
    }
  }

  static String render(ChatTemplate template, List<Message> messages, boolean prompt) {
    Text.Chat chat = new Text.Chat(ImmutableList.copyOf(messages));
    return template.render(chat, prompt, NOW);
  }

  static Stream<Golden> read(String file) {
    return JsonParser.parseString(text(file)).getAsJsonArray().asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(GoldenChats::golden);
  }

  static ChatTemplate published(String name) {
    return ChatTemplate.of(name, text("templates/" + name), TOKENS);
  }

  static String text(String file) {
    try {
      return Files.readString(
          Path.of(GoldenChats.class.getResource("/chat-templates/" + file).toURI()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Golden golden(JsonObject json) {
    return new Golden(
        json.get("template").getAsString(),
        json.getAsJsonArray("messages").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .map(
                one -> new Message(one.get("role").getAsString(), one.get("content").getAsString()))
            .toList(),
        json.get("add_generation_prompt").getAsBoolean(),
        Optional.ofNullable(json.get("expected")).map(JsonElement::getAsString));
  }
}
