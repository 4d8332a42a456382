package org.dpo4j.torch.internal.template;

import java.util.List;

/** The tokens of a tag that is being read. The last one is the tag's end. */
final class Tokens {

  private final Origin origin;
  private final List<Token> tokens;
  private int at;

  Tokens(Origin origin, List<Token> tokens) {
    this.origin = origin;
    this.tokens = tokens;
  }

  int line() {
    return peek().line();
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token after the next, or the tag's end. */
  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  boolean take(String operator) {
    boolean there = peek().isOperator(operator);
    at += there ? 1 : 0;
    return there;
  }

  boolean takeName(String name) {
    boolean there = peek().isName(name);
    at += there ? 1 : 0;
    return there;
  }

  void expect(String operator) {
    if (!take(operator)) {
      throw refuse("'" + operator + "' is wanted, not " + peek().shown());
    }
  }

  /** Any name. */
  String expectName() {
    Token name = peek();
    if (name.kind() != Token.Kind.NAME) {
      throw refuse("a name is wanted, not " + name.shown());
    }
    return next().text();
  }

  /** A name that the template is free to choose. */
  String expectVariable() {
    Token name = peek();
    if (name.kind() != Token.Kind.NAME || ExpressionParser.RESERVED.contains(name.text())) {
      throw refuse("a name is wanted, not " + name.shown());
    }
    return next().text();
  }

  void expectEnd() {
    if (peek().kind() != Token.Kind.END) {
      throw unexpected();
    }
  }

  IllegalArgumentException unexpected() {
    return refuse(peek().shown() + " does not belong here");
  }

  IllegalArgumentException refuse(String what) {
    return origin.refuse(line(), what);
  }
}
