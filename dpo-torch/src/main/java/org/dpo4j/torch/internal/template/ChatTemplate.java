package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.RenderResult;
import java.time.LocalDateTime;
import java.util.Map;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * A checkpoint's chat template, rendered as transformers renders it: byte for byte, or not at all.
 *
 * <p>Templates are untrusted. One can reach no file, class or network, and is bounded in time,
 * output, depth and ranges. What is malformed is refused when the template is read, by file and
 * line; what is not supported, and what the template itself refuses, when a chat gets there.
 *
 * <p>Safe to use from several threads; one at a time renders.
 */
public final class ChatTemplate {

  private static final int MAX_CHARACTERS = 200_000;

  private final Origin origin;
  private final CompiledTemplate compiled;
  private final ImmutableMap<String, String> specialTokens;
  private final Jinjava jinjava = Engine.create();

  private ChatTemplate(
      Origin origin, CompiledTemplate compiled, ImmutableMap<String, String> specialTokens) {
    this.origin = origin;
    this.compiled = compiled;
    this.specialTokens = specialTokens;
  }

  /**
   * Reads a template.
   *
   * @param source names it in messages, usually a file
   * @param template Jinja, at most 200,000 characters
   * @param specialTokens texts by name, for instance {@code bos_token}
   * @return the template
   * @throws IllegalArgumentException if it is malformed or has a tag that is not supported
   */
  public static ChatTemplate of(String source, String template, Map<String, String> specialTokens) {
    Origin origin = new Origin(source);
    if (template.length() > MAX_CHARACTERS) {
      throw origin.refuse(1, "a template must have at most " + MAX_CHARACTERS + " characters");
    }
    return new ChatTemplate(
        origin, TemplateCompiler.compile(origin, template), ImmutableMap.copyOf(specialTokens));
  }

  /**
   * Turns messages into text.
   *
   * @param chat messages, tools and arguments
   * @param addGenerationPrompt whether the model is to answer now: adds what comes before an answer
   * @param now what {@code strftime_now} tells
   * @return the text
   * @throws IllegalArgumentException if the template refuses the messages, gets to what is not
   *     supported, or fails
   */
  public String render(Text.Chat chat, boolean addGenerationPrompt, LocalDateTime now) {
    Map<String, Object> bindings = Engine.withBudget(compiled.bindings());
    specialTokens.forEach((name, token) -> bindings.put("v_" + name, token));
    bindings.put("v_messages", chat.messages().stream().map(ChatTemplate::mapping).toList());
    bindings.put("v_add_generation_prompt", addGenerationPrompt);
    bindings.put("v_tools", Absent.NONE);
    bindings.put("v_documents", Absent.NONE);
    return render(bindings);
  }

  private synchronized String render(Map<String, Object> bindings) {
    try {
      RenderResult result = jinjava.renderForResult(compiled.source(), bindings);
      if (!result.getErrors().isEmpty()) {
        throw Engine.halt(result.getErrors().get(0));
      }
      return result.getOutput();
    } catch (Halt e) {
      throw origin.refuse(compiled.line(e.line()), String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw origin.refuse(1, "the template is nested too deep");
    }
  }

  private static ImmutableMap<String, Object> mapping(Message message) {
    return ImmutableMap.of("role", message.role(), "content", message.content());
  }
}
