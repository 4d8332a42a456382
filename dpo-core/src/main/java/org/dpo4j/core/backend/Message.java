package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.dpo4j.core.math.Check;

/**
 * One turn of a chat.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or what else the model's template
 *     knows; not blank
 * @param content the text
 * @param reasoning what the model thought before it wrote the content, for templates that write it;
 *     they read it as {@code reasoning_content}, {@code reasoning} or {@code thinking}
 * @param fields what else the template may read of a message, {@code tool_calls} and {@code name}
 *     for instance: JSON text by name
 */
public record Message(
    String role, String content, Optional<String> reasoning, ImmutableMap<String, String> fields) {

  /** Checks the role. */
  public Message {
    Check.that(!role.isBlank(), "role must not be blank, got '%s'", role);
  }

  /**
   * A turn that is nothing but its text.
   *
   * @param role as above
   * @param content the text
   */
  public Message(String role, String content) {
    this(role, content, Optional.empty(), ImmutableMap.of());
  }

  /**
   * A turn of the user.
   *
   * @param content the text
   * @return the message
   */
  public static Message user(String content) {
    return new Message("user", content);
  }

  /**
   * A turn of the model.
   *
   * @param content the text
   * @return the message
   */
  public static Message assistant(String content) {
    return new Message("assistant", content);
  }

  /**
   * Instructions that precede the chat.
   *
   * @param content the text
   * @return the message
   */
  public static Message system(String content) {
    return new Message("system", content);
  }

  /**
   * The same turn with what the model thought before it.
   *
   * @param newReasoning the text
   * @return the message
   */
  public Message withReasoning(String newReasoning) {
    return new Message(role, content, Optional.of(newReasoning), fields);
  }

  /**
   * The same turn with other fields beside its text.
   *
   * @param newFields JSON text by name
   * @return the message
   */
  public Message withFields(ImmutableMap<String, String> newFields) {
    return new Message(role, content, reasoning, newFields);
  }

  /**
   * Whether it says nothing.
   *
   * @return true if content and reasoning are white space or nothing, and there are no fields
   */
  public boolean isBlank() {
    return content.isBlank() && reasoning.orElse("").isBlank() && fields.isEmpty();
  }
}
