package org.dpo4j.torch.internal.template;

/**
 * A part of an expression.
 *
 * @param kind what it is
 * @param text the name, number or operator; of a string its value
 * @param line where it begins
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    NAME,
    INTEGER,
    FLOAT,
    STRING,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** For messages. */
  String shown() {
    return kind == Kind.END ? "the end of the tag" : "'" + text + "'";
  }
}
