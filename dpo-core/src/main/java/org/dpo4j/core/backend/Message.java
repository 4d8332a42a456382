package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * One turn of a chat.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or what else the model's template
 *     knows; not blank
 * @param content the text
 */
public record Message(String role, String content) {

  /** Checks the role. */
  public Message {
    Check.that(!role.isBlank(), "role must not be blank, got '%s'", role);
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
}
