package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * A checkpoint's chat template, rendered as transformers renders it: byte for byte, or not at all.
 *
 * <p>Templates are untrusted. One can reach no file, class or network, and is bounded in work,
 * output, depth and ranges; what it asks for is counted before it is done. No rendering takes more
 * than 10 seconds of its thread's CPU time, and none ends in an {@code Error}, for want of memory
 * or stack either. What is malformed is refused when the template is read, by file and line; what
 * is not supported, and what the template itself refuses, when a chat gets there.
 *
 * <p>Immutable, and safe to use from several threads.
 */
public final class ChatTemplate {

  private static final int MAX_CHARACTERS = 200_000;

  private final Origin origin;
  private final Body body;
  private final ImmutableSet<String> variables;
  private final ImmutableMap<String, String> specialTokens;

  private ChatTemplate(
      Origin origin, TemplateParser.Parsed parsed, ImmutableMap<String, String> specialTokens) {
    this.origin = origin;
    this.body = parsed.body();
    this.variables = parsed.variables();
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
    try {
      TemplateParser.Parsed parsed = TemplateParser.parse(origin, template);
      return new ChatTemplate(origin, parsed, ImmutableMap.copyOf(specialTokens));
    } catch (StackOverflowError e) {
      throw origin.refuse(1, "the template is nested too deep");
    }
  }

  /**
   * Whether the template reads a variable that may come from outside: one that it reads where it
   * has certainly given it no value of its own. An argument that it does not mention changes
   * nothing.
   *
   * @param variable a name, for instance {@code enable_thinking}
   * @return whether it is read
   */
  public boolean mentions(String variable) {
    return variables.contains(variable);
  }

  /**
   * Turns messages into text.
   *
   * <p>The template sees what transformers shows it: {@code messages}, each a mapping of role,
   * content and its other fields; {@code tools}; {@code documents}, which is None; {@code
   * add_generation_prompt}; the special tokens; and the chat's arguments. A message's reasoning is
   * {@code reasoning_content}, {@code reasoning} and {@code thinking}, so that a template finds it
   * by the name it knows.
   *
   * @param chat messages, tools and arguments
   * @param addGenerationPrompt whether the model is to answer now: adds what comes before an answer
   * @param now what {@code strftime_now} tells
   * @return the text
   * @throws IllegalArgumentException if the template refuses the messages, gets to what is not
   *     supported, or fails; or if a field, an argument or the tools are not JSON
   */
  public String render(Text.Chat chat, boolean addGenerationPrompt, LocalDateTime now) {
    Budget budget = new Budget();
    Output out = new Output(budget);
    try {
      Map<String, Object> given = new HashMap<>();
      given.put(Globals.NOW, Clocks.at(now));
      given.putAll(specialTokens);
      chat.arguments()
          .forEach(
              (name, json) -> given.put(name, JsonValues.read(budget, "argument " + name, json)));
      given.put("messages", messages(budget, chat));
      given.put("tools", None.NONE);
      chat.tools().ifPresent(json -> given.put("tools", JsonValues.read(budget, "tools", json)));
      given.put("documents", None.NONE);
      given.put("add_generation_prompt", addGenerationPrompt);
      Flow unused = body.run(Scope.root(budget, given), out);
      return out.text();
    } catch (Halt e) {
      throw origin.refuse(Math.max(1, e.line()), String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw origin.refuse(1, "the template is nested too deep");
    } catch (OutOfMemoryError e) {
      throw origin.refuse(1, "the template asks for more memory than there is");
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          origin.refuse(1, "the template asks for what cannot be computed").getMessage(), e);
    }
  }

  private static ImmutableList<Object> messages(Budget budget, Text.Chat chat) {
    budget.elements(chat.messages().size());
    ImmutableList.Builder<Object> messages = ImmutableList.builder();
    chat.messages().forEach(message -> messages.add(mapping(budget, message)));
    return messages.build();
  }

  /** In the order in which transformers has the fields. */
  private static Dict mapping(Budget budget, Message message) {
    Dict.Builder fields = new Dict.Builder(budget);
    message.reasoning().ifPresent(reasoning -> fields.put("thinking", reasoning));
    fields.put("role", message.role()).put("content", message.content());
    message
        .fields()
        .forEach(
            (name, json) ->
                fields.put(
                    name,
                    JsonValues.read(
                        budget, "field " + name + " of a message of " + message.role(), json)));
    message
        .reasoning()
        .ifPresent(
            reasoning -> fields.put("reasoning", reasoning).put("reasoning_content", reasoning));
    return fields.build();
  }
}
