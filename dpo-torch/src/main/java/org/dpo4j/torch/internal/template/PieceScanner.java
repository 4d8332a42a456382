package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into pieces as Jinja does with the settings of transformers: {@code trim_blocks}
 * and {@code lstrip_blocks} on, {@code keep_trailing_newline} off.
 */
final class PieceScanner {

  private static final Pattern RAW = Pattern.compile("\\s*raw\\s*(?:-%}\\s*|%})");
  private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*[-+]?%}");

  private final Origin origin;
  private final Source source;
  private final ImmutableList.Builder<Piece> pieces = ImmutableList.builder();
  // Whether what was read last ended a line, so that white space before a tag is its indentation.
  private boolean lineBegins = true;

  private PieceScanner(Origin origin, Source source) {
    this.origin = origin;
    this.source = source;
  }

  static ImmutableList<Piece> scan(Origin origin, String template) {
    String text = template.replace("\r\n", "\n").replace('\r', '\n');
    String kept = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    PieceScanner scanner = new PieceScanner(origin, new Source(kept));
    while (!scanner.source.isAtEnd()) {
      scanner.next();
    }
    return scanner.pieces.build();
  }

  private void next() {
    int open = opening();
    String text = source.until(open);
    if (open == source.length()) {
      literal(text);
      source.skipTo(open);
      return;
    }
    char kind = source.at(open + 1);
    char sign = source.at(open + 2);
    literal(text.substring(0, literalLength(text, kind, sign)));
    source.skipTo(open + (sign == '-' || sign == '+' ? 3 : 2));
    int line = source.line();
    switch (kind) {
      case '#' -> comment();
      case '%' -> {
        if (!raw()) {
          pieces.add(new Piece.Statement(tokens("%}"), line));
        }
      }
      default -> pieces.add(new Piece.Print(tokens("}}"), line));
    }
  }

  /** Where the next tag begins, or the end. */
  private int opening() {
    for (int i = source.position(); i + 1 < source.length(); i++) {
      if (source.at(i) == '{' && "{%#".indexOf(source.at(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  private void literal(String text) {
    if (!text.isEmpty()) {
      pieces.add(new Piece.Literal(text, source.line()));
    }
  }

  private int literalLength(String text, char kind, char sign) {
    int length = text.length();
    if (sign == '-') {
      while (length > 0 && Characters.isSpace(text.charAt(length - 1))) {
        length--;
      }
    } else if (sign != '+' && kind != '{') {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || lineBegins)
          && text.substring(lineStart).chars().allMatch(Characters::isSpace)) {
        return lineStart;
      }
    }
    return length;
  }

  private void comment() {
    int end = source.find("#}");
    if (end < 0) {
      throw origin.refuse(source.line(), "the comment must end with #}");
    }
    char sign = end > source.position() ? source.at(end - 1) : ' ';
    source.skipTo(end + 2);
    afterTag(sign, true);
  }

  /** Copies what stands between {@code raw} and {@code endraw}, if that begins here. */
  private boolean raw() {
    Matcher begin = source.matcher(RAW);
    if (!begin.lookingAt()) {
      return false;
    }
    int line = source.line();
    source.skipTo(begin.end());
    Matcher end = source.matcher(END_OF_RAW);
    if (!end.find()) {
      throw origin.refuse(line, "the raw that begins here must end");
    }
    lineBegins = source.at(source.position() - 1) == '\n';
    String sign = end.group(1);
    String text = source.until(end.start());
    literal(text.substring(0, literalLength(text, '%', sign.isEmpty() ? ' ' : sign.charAt(0))));
    source.skipTo(end.end());
    afterTag(source.at(source.position() - 3), true);
    return true;
  }

  private ImmutableList<Token> tokens(String closing) {
    ImmutableList<Token> tokens = new TokenScanner(origin, source, closing).scan();
    afterTag(source.at(source.position() - 3), closing.equals("%}"));
    return tokens;
  }

  /** Skips what the end of a tag takes with it. */
  private void afterTag(char sign, boolean takesLineEnd) {
    if (sign == '-') {
      source.skipSpace();
    } else if (sign != '+' && takesLineEnd && source.startsWith("\n")) {
      source.skipTo(source.position() + 1);
    }
    lineBegins = source.at(source.position() - 1) == '\n';
  }
}
