package org.dpo4j.torch.internal.template;

import java.util.regex.Pattern;

/** The filter {@code striptags}: text without what looks like HTML. */
final class StripTags {

  /** An entity that is none of those that the filter {@code escape} writes. */
  private static final Pattern OTHER_ENTITY =
      Pattern.compile("&(?!(?:amp|lt|gt|quot|#39|#34);)[#a-zA-Z]");

  private StripTags() {}

  static Object filter(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    String text = Representation.string(scope.budget(), value);
    scope.budget().characters(4L * text.length());
    StringBuilder kept = new StringBuilder();
    int start = 0;
    int open = text.indexOf('<');
    while (open >= 0) {
      int end = end(text, open);
      if (end < 0) {
        break;
      }
      kept.append(text, start, open);
      start = end;
      open = text.indexOf('<', start);
    }
    return unescaped(spaced(kept.append(text, start, text.length()).toString()));
  }

  private static int end(String text, int open) {
    boolean isComment = text.startsWith("<!--", open);
    int close = isComment ? text.indexOf("-->", open + 4) : text.indexOf('>', open);
    return close < 0 ? -1 : close + (isComment ? 3 : 1);
  }

  /** Words with one space between. */
  private static String spaced(String text) {
    StringBuilder spaced = new StringBuilder();
    boolean afterSpace = false;
    for (char c : Characters.strip(text).toCharArray()) {
      boolean isSpace = Characters.isSpace(c);
      if (!isSpace) {
        spaced.append(afterSpace ? " " : "").append(c);
      }
      afterSpace = isSpace;
    }
    return spaced.toString();
  }

  private static String unescaped(String text) {
    if (OTHER_ENTITY.matcher(text).find()) {
      throw new Halt("striptags reads only the entities that escape writes");
    }
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&amp;", "&");
  }
}
