package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;

/**
 * Text that counts as escaped already; what is added to it is escaped.
 *
 * @param text the characters
 */
record Markup(String text) {

  private static final ImmutableMap<Character, String> ESCAPES =
      ImmutableMap.of('&', "&amp;", '<', "&lt;", '>', "&gt;", '\'', "&#39;", '"', "&#34;");

  /** The text of a value, escaped unless it is markup. */
  static String escape(Budget budget, Object value) {
    return value instanceof Markup markup
        ? markup.text()
        : escapeText(budget, Representation.string(budget, value));
  }

  static String escapeText(Budget budget, String text) {
    Output escaped = new Output(budget);
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      String escape = ESCAPES.get(text.charAt(i));
      if (escape != null) {
        escaped.append(text.substring(start, i)).append(escape);
        start = i + 1;
      }
    }
    return escaped.append(text.substring(start)).text();
  }
}
