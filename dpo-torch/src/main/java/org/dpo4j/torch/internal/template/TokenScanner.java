package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts what is inside of a tag into tokens, up to and with the tag's end. */
final class TokenScanner {

  private static final ImmutableList<String> OPERATORS =
      ImmutableList.of(
          "//", "**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "~", "(", ")", "[",
          "]", "{", "}", ".", ",", ":", "|", "=");
  private static final int MAX_DIGITS = 1000;
  private static final Pattern WHOLE =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[0-9](?:_?[0-9])*(?:(?:\\.[0-9](?:_?[0-9])*)?[eE][+-]?[0-9](?:_?[0-9])*"
              + "|\\.[0-9](?:_?[0-9])*)|"
              + WHOLE.pattern());

  private final Origin origin;
  private final Source source;
  private final String closing;
  private final ImmutableList.Builder<Token> tokens = ImmutableList.builder();
  private final Deque<String> open = new ArrayDeque<>();
  private boolean afterDot;

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
      afterDot = token.isOperator(".");
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
    if (isNumber(c)) {
      return number();
    }
    if (isWord(c)) {
      return word();
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator)) {
        source.skipTo(source.position() + operator.length());
        return new Token(Token.Kind.OPERATOR, operator, source.line());
      }
    }
    throw origin.refuse(source.line(), "'" + c + "' is not part of an expression");
  }

  private Token word() {
    int end = source.position();
    while (end < source.length() && isWord(source.at(end))) {
      end++;
    }
    return token(Token.Kind.NAME, end);
  }

  private static boolean isNumber(char c) {
    return c >= '0' && c <= '9';
  }

  /** A number after a dot is an index: {@code messages.0.role}. */
  private Token number() {
    Matcher number = source.matcher(afterDot ? WHOLE : NUMBER);
    number.region(source.position(), Math.min(source.length(), source.position() + MAX_DIGITS + 1));
    if (!number.lookingAt()) {
      throw origin.refuse(source.line(), "'" + source.peek() + "' is not part of an expression");
    }
    if (number.end() - source.position() > MAX_DIGITS) {
      throw origin.refuse(
          source.line(), "a number must have at most " + MAX_DIGITS + " characters");
    }
    boolean whole = WHOLE.matcher(number.group()).matches();
    return token(whole ? Token.Kind.INTEGER : Token.Kind.FLOAT, number.end());
  }

  private Token token(Token.Kind kind, int end) {
    Token token = new Token(kind, source.until(end), source.line());
    source.skipTo(end);
    return token;
  }

  private static boolean isWord(char c) {
    return c == '_'
        || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
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
