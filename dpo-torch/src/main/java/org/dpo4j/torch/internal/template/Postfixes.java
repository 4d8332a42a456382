package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.torch.internal.template.Expression.Constant;
import org.dpo4j.torch.internal.template.Expression.Inputs;

/** Reads what follows a value: attributes, subscripts, calls, filters and tests. */
final class Postfixes {

  private static final Constant NONE = new Constant(None.NONE);
  private static final ImmutableSet<String> NO_ARGUMENT = ImmutableSet.of("and", "or", "else");

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private final List<RuntimeException> unknown = new ArrayList<>();

  Postfixes(Tokens tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** How many filters and tests there were that do not exist. */
  int unknown() {
    return unknown.size();
  }

  /** Lets pass those after the first so many: they may not be used. */
  void forgetUnknown(int kept) {
    unknown.subList(kept, unknown.size()).clear();
  }

  void refuseUnknown() {
    if (!unknown.isEmpty()) {
      throw unknown.get(0);
    }
  }

  Expression postfixed(Expression value) {
    Expression result = value;
    while (true) {
      if (tokens.take(".")) {
        result = expressions.operation(attribute(result));
      } else if (tokens.take("[")) {
        result = expressions.operation(subscript(result));
      } else if (tokens.take("(")) {
        result = expressions.operation(new Expression.Call(result, inputs()));
      } else {
        return result;
      }
    }
  }

  private Expression attribute(Expression value) {
    if (tokens.peek().kind() == Token.Kind.INTEGER) {
      Object index = ExpressionParser.whole(tokens.next().text());
      return new Expression.Item(value, new Constant(index));
    }
    return new Expression.Attribute(value, tokens.expectName());
  }

  private Expression subscript(Expression value) {
    Expression from = tokens.peek().isOperator(":") ? NONE : expressions.expression();
    if (tokens.peek().isOperator(",")) {
      ImmutableList.Builder<Expression> keys = ImmutableList.<Expression>builder().add(from);
      while (tokens.take(",")) {
        keys.add(expressions.expression());
      }
      tokens.expect("]");
      return new Expression.Item(value, new Expression.TupleOf(keys.build()));
    }
    if (!tokens.take(":")) {
      tokens.expect("]");
      return new Expression.Item(value, from);
    }
    Expression to = bound();
    Expression step = tokens.take(":") ? bound() : NONE;
    tokens.expect("]");
    return new Expression.Slice(value, from, to, step);
  }

  private Expression bound() {
    boolean isAbsent = tokens.peek().isOperator(":") || tokens.peek().isOperator("]");
    return isAbsent ? NONE : expressions.expression();
  }

  Expression filtered(Expression value) {
    Expression result = value;
    while (true) {
      if (tokens.take("|")) {
        result = expressions.operation(filter(result));
      } else if (tokens.takeName("is")) {
        result = expressions.operation(tested(result));
      } else if (tokens.take("(")) {
        result = expressions.operation(new Expression.Call(result, inputs()));
      } else {
        return result;
      }
    }
  }

  /** A filter, from its name on. */
  Expression.Filter filter(Expression value) {
    String name = operationName("filter", Filters.NAMES);
    return new Expression.Filter(value, name, tokens.take("(") ? inputs() : Inputs.NONE);
  }

  /** Filters of a body. */
  ImmutableList<Expression.Filter> filters() {
    ImmutableList.Builder<Expression.Filter> filters = ImmutableList.builder();
    while (tokens.take("|")) {
      filters.add(filter(ExpressionParser.UNDEFINED));
    }
    return filters.build();
  }

  private String operationName(String kind, ImmutableSet<String> known) {
    StringBuilder name = new StringBuilder(tokens.expectName());
    while (tokens.take(".")) {
      name.append('.').append(tokens.expectName());
    }
    if (!known.contains(name.toString())) {
      unknown.add(tokens.refuse("there is no " + kind + " '" + name + "'"));
    }
    return name.toString();
  }

  private Expression tested(Expression value) {
    boolean isNegated = tokens.takeName("not");
    String name = operationName("test", ValueTests.NAMES);
    Expression test = new Expression.Test(value, name, testInputs());
    return isNegated ? new Expression.Not(test) : test;
  }

  private Inputs testInputs() {
    if (tokens.take("(")) {
      return inputs();
    }
    Token next = tokens.peek();
    if (next.isName("is")) {
      throw tokens.refuse("tests cannot be chained; use and");
    }
    boolean isArgument =
        switch (next.kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !NO_ARGUMENT.contains(next.text());
          case OPERATOR -> next.text().equals("[") || next.text().equals("{");
          case END -> false;
        };
    if (!isArgument) {
      return Inputs.NONE;
    }
    Expression argument = postfixed(expressions.primary());
    return new Inputs(
        ImmutableList.of(argument), ImmutableMap.of(), Optional.empty(), Optional.empty());
  }

  /** Arguments, from after the bracket on. */
  Inputs inputs() {
    InputsReader reader = new InputsReader();
    expressions.each(")", reader::read);
    return reader.inputs();
  }

  /** Reads the arguments of one call. */
  private final class InputsReader {

    private final ImmutableList.Builder<Expression> positional = ImmutableList.builder();
    private final Map<String, Expression> named = new LinkedHashMap<>();
    private Optional<Expression> more = Optional.empty();
    private Optional<Expression> moreNamed = Optional.empty();

    void read() {
      boolean hasName = tokens.peek().kind() == Token.Kind.NAME && tokens.second().isOperator("=");
      if (moreNamed.isPresent()
          || (more.isPresent() && !hasName && !tokens.peek().isOperator("**"))) {
        throw tokens.refuse("* and ** must come last among arguments");
      }
      if (tokens.take("*")) {
        more = Optional.of(expressions.expression());
      } else if (tokens.take("**")) {
        moreNamed = Optional.of(expressions.expression());
      } else if (hasName) {
        named();
      } else if (!named.isEmpty()) {
        throw tokens.refuse("an argument without a name must not come after one with a name");
      } else {
        positional.add(expressions.expression());
      }
    }

    private void named() {
      String name = tokens.next().text();
      tokens.next();
      if (named.put(name, expressions.expression()) != null) {
        throw tokens.refuse("the argument '" + name + "' is given twice");
      }
    }

    Inputs inputs() {
      return new Inputs(positional.build(), ImmutableMap.copyOf(named), more, moreNamed);
    }
  }
}
