package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.torch.internal.template.Expression.Constant;

/** Reads the expressions of a tag by Jinja's grammar. */
final class ExpressionParser {

  /** Names that are no variables. */
  static final ImmutableSet<String> RESERVED =
      ImmutableSet.of(
          "and", "or", "not", "in", "is", "if", "else", "loop", "true", "True", "false", "False",
          "none", "None");

  static final Constant UNDEFINED = new Constant(new Undefined("a value is undefined"));

  private static final int MAX_DEPTH = 60;
  private static final int MAX_OPERATIONS = 500;
  private static final ImmutableSet<String> COMPARISONS =
      ImmutableSet.of("==", "!=", "<", "<=", ">", ">=");
  private static final ImmutableSet<String> PRODUCTS = ImmutableSet.of("*", "/", "//", "%");
  private static final ImmutableMap<String, Object> CONSTANTS =
      ImmutableMap.<String, Object>builder()
          .put("true", true)
          .put("True", true)
          .put("false", false)
          .put("False", false)
          .put("none", None.NONE)
          .put("None", None.NONE)
          .buildOrThrow();

  private final Tokens tokens;
  private final Analysis analysis;
  private final Postfixes postfixes;
  private int depth;
  private int operations;

  ExpressionParser(Tokens tokens, Analysis analysis) {
    this.tokens = tokens;
    this.analysis = analysis;
    this.postfixes = new Postfixes(tokens, this);
  }

  /** Everything up to the tag's end. */
  Expression whole() {
    Expression expression = list();
    end();
    return expression;
  }

  /** An expression, or several with commas between, which are a tuple. */
  Expression list() {
    return tuple(this::expression, "");
  }

  /** The same without conditions, up to the tag's end or a name. */
  Expression simpleList(String end) {
    return tuple(this::simple, end);
  }

  /** Ends a tag. */
  void end() {
    tokens.expectEnd();
    if (!analysis.isConditional()) {
      postfixes.refuseUnknown();
    }
  }

  /** Ends a tag that begins a body, which in Jinja may have a colon. */
  void endBeforeBody() {
    boolean unused = tokens.take(":");
    end();
  }

  private Expression tuple(Supplier<Expression> one, String end) {
    Expression first = one.get();
    if (!tokens.peek().isOperator(",")) {
      return first;
    }
    ImmutableList.Builder<Expression> elements = ImmutableList.<Expression>builder().add(first);
    while (tokens.take(",")
        && tokens.peek().kind() != Token.Kind.END
        && !tokens.peek().isOperator(end)
        && !tokens.peek().isName(end)) {
      elements.add(one.get());
    }
    return new Expression.TupleOf(elements.build());
  }

  Expression expression() {
    deeper();
    int unknownBefore = postfixes.unknown();
    Expression value = simple();
    while (tokens.takeName("if")) {
      Expression condition = simple();
      Expression otherwise = tokens.takeName("else") ? expression() : UNDEFINED;
      value = new Expression.Conditional(condition, value, operation(otherwise));
      postfixes.forgetUnknown(unknownBefore);
    }
    depth--;
    return value;
  }

  /** An expression without a condition. */
  Expression simple() {
    Expression left = and();
    while (tokens.takeName("or")) {
      left = new Expression.Or(left, operation(and()));
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.takeName("and")) {
      left = new Expression.And(left, operation(not()));
    }
    return left;
  }

  private Expression not() {
    if (!tokens.takeName("not")) {
      return comparison();
    }
    deeper();
    Expression negated = new Expression.Not(not());
    depth--;
    return negated;
  }

  private Expression comparison() {
    Expression first = sum();
    Optional<String> operator = comparisonOperator();
    if (operator.isEmpty()) {
      return first;
    }
    ImmutableList.Builder<String> operators = ImmutableList.builder();
    ImmutableList.Builder<Expression> others = ImmutableList.builder();
    while (operator.isPresent()) {
      operators.add(operator.get());
      others.add(operation(sum()));
      operator = comparisonOperator();
    }
    return new Expression.Comparison(first, operators.build(), others.build());
  }

  private Optional<String> comparisonOperator() {
    Token token = tokens.peek();
    if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
      return Optional.of(tokens.next().text());
    }
    if (tokens.takeName("in")) {
      return Optional.of("in");
    }
    if (token.isName("not") && tokens.second().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of("not in");
    }
    return Optional.empty();
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.peek().isOperator("+") || tokens.peek().isOperator("-")) {
      left = new Expression.Binary(tokens.next().text(), left, operation(concatenation()));
    }
    return left;
  }

  private Expression concatenation() {
    Expression first = product();
    if (!tokens.peek().isOperator("~")) {
      return first;
    }
    ImmutableList.Builder<Expression> parts = ImmutableList.<Expression>builder().add(first);
    while (tokens.take("~")) {
      parts.add(operation(product()));
    }
    return new Expression.Concatenation(parts.build());
  }

  private Expression product() {
    Expression left = power();
    while (tokens.peek().kind() == Token.Kind.OPERATOR && PRODUCTS.contains(tokens.peek().text())) {
      left = new Expression.Binary(tokens.next().text(), left, operation(power()));
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.take("**")) {
      left = new Expression.Binary("**", left, operation(unary(true)));
    }
    return left;
  }

  /** A sign binds less tightly than what follows a value, but more than a filter. */
  private Expression unary(boolean isFiltered) {
    Expression value;
    if (tokens.peek().isOperator("-") || tokens.peek().isOperator("+")) {
      deeper();
      boolean isNegative = tokens.next().text().equals("-");
      value = new Expression.Signed(unary(false), isNegative);
      depth--;
    } else {
      value = primary();
    }
    value = postfixes.postfixed(value);
    return isFiltered ? postfixes.filtered(value) : value;
  }

  Expression primary() {
    return switch (tokens.peek().kind()) {
      case STRING -> string();
      case INTEGER -> new Constant(whole(tokens.next().text()));
      case FLOAT -> new Constant(Double.valueOf(tokens.next().text().replace("_", "")));
      case NAME -> name();
      default -> bracketed();
    };
  }

  static Object whole(String digits) {
    Optional<Object> number = Numbers.parseWhole(digits, 0);
    return number.orElseGet(() -> Numbers.normal(new BigInteger(digits)));
  }

  private Expression string() {
    StringBuilder text = new StringBuilder();
    while (tokens.peek().kind() == Token.Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Constant(text.toString());
  }

  private Expression name() {
    String name = tokens.peek().text();
    Object constant = CONSTANTS.get(name);
    if (constant == null && RESERVED.contains(name) && !name.equals("loop")) {
      throw tokens.unexpected();
    }
    tokens.next();
    if (constant != null) {
      return new Constant(constant);
    }
    analysis.read(name);
    return new Expression.Variable(name);
  }

  private Expression bracketed() {
    if (tokens.take("(")) {
      Expression inner =
          tokens.peek().isOperator(")")
              ? new Expression.TupleOf(ImmutableList.of())
              : tuple(this::expression, ")");
      tokens.expect(")");
      return inner;
    }
    if (tokens.take("[")) {
      ImmutableList.Builder<Expression> elements = ImmutableList.builder();
      each("]", () -> elements.add(expression()));
      return new Expression.ListOf(elements.build());
    }
    if (tokens.take("{")) {
      return mapping();
    }
    throw tokens.unexpected();
  }

  private Expression mapping() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    each(
        "}",
        () -> {
          keys.add(expression());
          tokens.expect(":");
          values.add(expression());
        });
    return new Expression.DictOf(ImmutableList.copyOf(keys), ImmutableList.copyOf(values));
  }

  /** Reads what has commas between up to a bracket; the last may have one, too. */
  void each(String end, Runnable one) {
    for (boolean first = true; !tokens.take(end); first = false) {
      if (!first) {
        tokens.expect(",");
        if (tokens.take(end)) {
          return;
        }
      }
      one.run();
    }
  }

  /** Counts an operation: its operands are evaluated by recursion. */
  <T> T operation(T result) {
    if (++operations > MAX_OPERATIONS) {
      throw tokens.refuse("an expression must have at most " + MAX_OPERATIONS + " operations");
    }
    return result;
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw tokens.refuse("expressions must not be nested deeper than " + MAX_DEPTH);
    }
  }
}
