package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Deque;

/** Cuts what is inside of a tag into tokens, up to and with the tag's end. */
final class TokenScanner {

  private static final ImmutableList<String> OPERATORS =
      ImmutableList.of(
          "//", "**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "~", "(", ")", "[",
          "]", "{", "}", ".", ",", ":", "|", "=");

  private final Origin origin;
  private final Source source;
  private final String closing;
  private final ImmutableList.Builder<Token> tokens = ImmutableList.builder();
  private final Deque<String> open = new ArrayDeque<>();

  TokenScanner(Origin origin, Source source, String closing) {
    this.origin = origin;
    this.source = source;
    this.closing = closing;
  }

  ImmutableList<Token> scan() {
    int start = source.line();
    while (true) {
      source.skipSpace();
      if (source.isAtEnd()) {
        throw origin.refuse(start, "the tag that begins here must end with " + closing);
      }
      if (open.isEmpty() && closes()) {
        return tokens.add(new Token(Token.Kind.END, "", source.line())).build();
      }
      Token token = token();
      balance(token);
      tokens.add(token);
    }
  }

  /** Inside of brackets the end of a tag is none: {@code {{ {'a': {}} }}}. */
  private boolean closes() {
    char sign = source.peek();
    boolean signed = sign == '-' || (sign == '+' && closing.equals("%}"));
    if (source.startsWith(signed ? sign + closing : closing)) {
      source.skipTo(source.position() + closing.length() + (signed ? 1 : 0));
      return true;
    }
    return false;
  }

  private void balance(Token token) {
    if (token.kind() != Token.Kind.OPERATOR) {
      return;
    }
    switch (token.text()) {
      case "(" -> open.push(")");
      case "[" -> open.push("]");
      case "{" -> open.push("}");
      case ")", "]", "}" -> {
        if (open.isEmpty() || !open.pop().equals(token.text())) {
          throw origin.refuse(token.line(), "'" + token.text() + "' closes nothing");
        }
      }
      default -> {}
    }
  }

  private Token token() {
    char c = source.peek();
    if (c == '\'' || c == '"') {
      return string(c);
    }
    if (isWord(c)) {
      String word = word();
      boolean number = c >= '0' && c <= '9';
      return number ? number(word) : new Token(Token.Kind.NAME, word, source.line());
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator)) {
        source.skipTo(source.position() + operator.length());
        return new Token(Token.Kind.OPERATOR, operator, source.line());
      }
    }
    throw origin.refuse(source.line(), "'" + c + "' is not part of an expression");
  }

  private Token number(String digits) {
    boolean fraction = source.peek() == '.' && Character.isDigit(source.at(source.position() + 1));
    if (fraction || !digits.matches("0|[1-9][0-9]{0,8}")) {
      throw origin.refuse(
          source.line(), "only whole numbers below a billion are supported, got " + digits + "…");
    }
    return new Token(Token.Kind.NUMBER, digits, source.line());
  }

  private String word() {
    int end = source.position();
    while (end < source.length() && isWord(source.at(end))) {
      end++;
    }
    String word = source.until(end);
    source.skipTo(end);
    return word;
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  }

  private Token string(char quote) {
    int line = source.line();
    int end = source.position() + 1;
    while (end < source.length() && source.at(end) != quote) {
      end += source.at(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw origin.refuse(line, "the string that begins here must end");
    }
    source.skipTo(source.position() + 1);
    String raw = source.until(end);
    source.skipTo(end + 1);
    return new Token(Token.Kind.STRING, StringLiteral.value(origin, line, raw), line);
  }
}
