package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an expression by Jinja's grammar and writes it for the library: operators as operations,
 * strings as constants, everything in brackets. Nothing is left of which the library has its own
 * idea but {@code or} and the conditional, on boxed values.
 */
final class ExpressionCompiler {

  /** Names that are no variables. */
  static final ImmutableSet<String> RESERVED =
      ImmutableSet.of("and", "or", "not", "in", "is", "if", "else", "loop");

  private static final int MAX_DEPTH = 40;
  private static final ImmutableMap<String, String> COMPARISONS =
      ImmutableMap.of("==", "eq", "!=", "ne", "<", "lt", "<=", "le", ">", "gt", ">=", "ge");
  private static final ImmutableMap<String, String> FUNCTIONS =
      ImmutableMap.of(
          "range", "op_range",
          "namespace", "op_namespace",
          "raise_exception", "op_raise",
          "strftime_now", "op_now");
  private static final ImmutableSet<String> OTHER_OPERATORS = ImmutableSet.of("*", "/", "//", "**");
  private static final ImmutableSet<String> NO_ARGUMENT = ImmutableSet.of("and", "or", "else");

  private final Constants constants;
  private final Set<String> macros;
  private final Tokens tokens;
  private final CallWriter calls;
  private int depth;

  ExpressionCompiler(Constants constants, Set<String> macros, Tokens tokens) {
    this.constants = constants;
    this.macros = macros;
    this.tokens = tokens;
    this.calls = new CallWriter(constants, tokens);
  }

  /** Everything up to the tag's end, where a list needs no brackets. */
  String whole() {
    String expression = expression();
    if (tokens.peek().isOperator(",")) {
      expression = list(expression, "");
    }
    tokens.expectEnd();
    return expression;
  }

  /** An expression without a condition, up to what is no part of it. */
  String simple() {
    return or();
  }

  private String expression() {
    deeper();
    String value = or();
    while (tokens.takeName("if")) {
      String condition = or();
      String otherwise = tokens.takeName("else") ? expression() : constants.undefined();
      value = "(" + value + " if " + condition + "|op_true else " + otherwise + ")";
    }
    depth--;
    return value;
  }

  private String or() {
    String left = and();
    while (tokens.takeName("or")) {
      left = either(left, "op_box", and());
    }
    return left;
  }

  private String and() {
    String left = not();
    while (tokens.takeName("and")) {
      // The library's own "and" gives true or false, and not one of the two.
      left = either(left, "op_boxnot", not());
    }
    return left;
  }

  private String either(String left, String box, String right) {
    String both = "(" + left + "|" + box + " or " + right + "|op_box)";
    return calls.operation(both, "op_unbox");
  }

  private String not() {
    if (!tokens.takeName("not")) {
      return comparison();
    }
    deeper();
    String negated = calls.operation(not(), "op_not");
    depth--;
    return negated;
  }

  private String comparison() {
    String left = sum();
    Optional<String> operator = comparisonOperator();
    if (operator.isEmpty()) {
      return left;
    }
    String compared = calls.operation(left, "op_" + operator.get(), sum());
    if (comparisonOperator().isPresent()) {
      throw tokens.refuse("comparisons in a chain are not supported; use and");
    }
    return compared;
  }

  private Optional<String> comparisonOperator() {
    Token token = tokens.peek();
    if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.containsKey(token.text())) {
      return Optional.ofNullable(COMPARISONS.get(tokens.next().text()));
    }
    if (tokens.takeName("in")) {
      return Optional.of("in");
    }
    if (token.isName("not") && tokens.second().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of("notin");
    }
    return Optional.empty();
  }

  private String sum() {
    String left = concatenation();
    while (true) {
      if (tokens.take("+")) {
        left = calls.operation(left, "op_add", concatenation());
      } else if (tokens.take("-")) {
        left = calls.operation(left, "op_subtract", concatenation());
      } else {
        return left;
      }
    }
  }

  private String concatenation() {
    String left = product();
    while (tokens.take("~")) {
      left = calls.operation(left, "op_concat", product());
    }
    return left;
  }

  private String product() {
    String left = unary();
    while (true) {
      Token operator = tokens.peek();
      if (tokens.take("%")) {
        left = calls.operation(left, "op_modulo", unary());
      } else if (operator.kind() == Token.Kind.OPERATOR
          && OTHER_OPERATORS.contains(operator.text())) {
        tokens.next();
        left =
            calls.operation(
                calls.unsupported("the operator " + operator.text()), "op_unbox", unary());
      } else {
        return left;
      }
    }
  }

  private String unary() {
    // A sign binds less tightly than what follows a value, but more than a filter.
    return tokens.take("-")
        ? filtered(calls.operation(postfix(primary()), "op_negate"))
        : filtered(postfix(primary()));
  }

  private String primary() {
    return switch (tokens.peek().kind()) {
      case STRING -> string();
      case NUMBER -> constants.of(Long.valueOf(tokens.next().text()));
      case NAME -> name();
      default -> bracketed();
    };
  }

  private String string() {
    StringBuilder text = new StringBuilder();
    while (tokens.peek().kind() == Token.Kind.STRING) {
      text.append(tokens.next().text());
    }
    return constants.of(text.toString());
  }

  private String bracketed() {
    if (tokens.take("(")) {
      String first = tokens.peek().isOperator(")") ? "" : expression();
      boolean isList = first.isEmpty() || tokens.peek().isOperator(",");
      String inner = isList ? list(first, ")") : first;
      tokens.expect(")");
      return inner;
    }
    if (tokens.take("[")) {
      String list = list(tokens.peek().isOperator("]") ? "" : expression(), "]");
      tokens.expect("]");
      return list;
    }
    if (tokens.take("{")) {
      return mapping();
    }
    throw tokens.unexpected();
  }

  /** A list whose first element was read, up to the bracket or the tag's end that closes it. */
  private String list(String first, String end) {
    List<String> elements = new ArrayList<>();
    if (!first.isEmpty()) {
      elements.add(first);
    }
    while (tokens.take(",") && !tokens.peek().text().equals(end)) {
      elements.add(expression());
    }
    return calls.operation(constants.undefined(), "op_list", elements);
  }

  private String mapping() {
    List<String> entries = new ArrayList<>();
    while (!tokens.take("}")) {
      if (!entries.isEmpty()) {
        tokens.expect(",");
        if (tokens.take("}")) {
          break;
        }
      }
      entries.add(expression());
      tokens.expect(":");
      entries.add(expression());
    }
    return calls.operation(constants.undefined(), "op_mapping", entries);
  }

  private String name() {
    String name = tokens.peek().text();
    boolean reserved = RESERVED.contains(name) && !name.equals("loop");
    if (reserved) {
      throw tokens.unexpected();
    }
    tokens.next();
    return switch (name) {
      case "true", "True" -> constants.of(true);
      case "false", "False" -> constants.of(false);
      case "none", "None" -> constants.of(Absent.NONE);
      case "loop" -> "loop";
      default -> tokens.take("(") ? called(name) : constants.variable(name);
    };
  }

  private String called(String name) {
    if (macros.contains(name)) {
      return "macro_" + name + "(" + String.join(", ", arguments("v_")) + ")";
    }
    String function = FUNCTIONS.get(name);
    return function == null
        ? call(calls.unsupported("the function '" + name + "'"), "op_unbox")
        : call(constants.undefined(), function);
  }

  private String postfix(String value) {
    String result = value;
    while (true) {
      if (tokens.take(".")) {
        result = attribute(result);
      } else if (tokens.take("[")) {
        result = subscript(result);
      } else if (tokens.peek().isOperator("(")) {
        throw tokens.refuse("only functions, macros and methods can be called");
      } else {
        return result;
      }
    }
  }

  private String attribute(String value) {
    Token name = tokens.peek();
    boolean known = isKnown("m_");
    tokens.next();
    if (tokens.take("(")) {
      return known
          ? call(value, "m_" + name.text())
          : call(calls.unsupported("the method " + name.shown()), "op_unbox");
    }
    return name.text().startsWith("_")
        ? calls.unsupported("the attribute " + name.shown())
        : calls.operation(value, "op_item", constants.of(name.text()));
  }

  private String subscript(String value) {
    List<String> bounds = new ArrayList<>();
    boolean slice = false;
    while (true) {
      boolean absent = tokens.peek().isOperator(":") || (slice && tokens.peek().isOperator("]"));
      bounds.add(absent ? constants.of(Absent.NONE) : expression());
      if (!tokens.take(":")) {
        break;
      }
      slice = true;
    }
    tokens.expect("]");
    if (!slice) {
      return calls.operation(value, "op_item", bounds.get(0));
    }
    while (bounds.size() < 3) {
      bounds.add(constants.of(Absent.NONE));
    }
    return calls.operation(value, "op_slice", bounds);
  }

  private String filtered(String value) {
    String result = value;
    while (true) {
      if (tokens.take("|")) {
        boolean known = isKnown("f_");
        Token name = tokens.next();
        String operand = known ? result : calls.unsupported("the filter " + name.shown());
        String operation = known ? "f_" + name.text() : "op_unbox";
        result = tokens.take("(") ? call(operand, operation) : calls.operation(operand, operation);
      } else if (tokens.takeName("is")) {
        result = tested(result);
      } else {
        return result;
      }
    }
  }

  private String tested(String value) {
    String prefix = tokens.takeName("not") ? "isnot_" : "is_";
    boolean known = isKnown(prefix);
    Token name = tokens.next();
    String operand = known ? value : calls.unsupported("the test " + name.shown());
    String operation = known ? prefix + name.text() : "op_unbox";
    if (tokens.take("(")) {
      return call(operand, operation);
    }
    Token next = tokens.peek();
    if (next.isName("is")) {
      throw tokens.refuse("tests cannot be chained; use and");
    }
    boolean argument =
        next.kind() == Token.Kind.STRING
            || next.kind() == Token.Kind.NUMBER
            || next.isOperator("[")
            || next.isOperator("{")
            || (next.kind() == Token.Kind.NAME && !NO_ARGUMENT.contains(next.text()));
    return argument
        ? calls.operation(operand, operation, postfix(primary()))
        : calls.operation(operand, operation);
  }

  /** Whether the next token names an operation. */
  private boolean isKnown(String prefix) {
    if (tokens.peek().kind() != Token.Kind.NAME) {
      throw tokens.refuse("a name is wanted, not " + tokens.peek().shown());
    }
    return Operations.ALL.containsKey(prefix + tokens.peek().text());
  }

  /** An operation, its arguments from after the bracket. */
  private String call(String value, String operation) {
    return calls.operation(value, operation, arguments("k_"));
  }

  private List<String> arguments(String prefix) {
    List<String> arguments = new ArrayList<>();
    boolean named = false;
    while (!tokens.take(")")) {
      if (!arguments.isEmpty()) {
        tokens.expect(",");
        if (tokens.take(")")) {
          break;
        }
      }
      boolean hasName = tokens.peek().kind() == Token.Kind.NAME && tokens.second().isOperator("=");
      if (hasName) {
        String name = tokens.next().text();
        tokens.next();
        arguments.add(prefix + name + "=" + expression());
      } else if (named) {
        throw tokens.refuse("an argument without a name must not come after one with a name");
      } else {
        arguments.add(expression());
      }
      named |= hasName;
    }
    return arguments;
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw tokens.refuse("expressions must not be nested deeper than " + MAX_DEPTH);
    }
  }
}
