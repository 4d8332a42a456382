package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands for a value in a template. */
sealed interface Expression {

  /** The value where a scope's variables are what they are now. */
  Object value(Scope scope);

  /** {@code 'text'}, {@code 1.5}, {@code none}. */
  record Constant(Object constant) implements Expression {
    @Override
    public Object value(Scope scope) {
      return constant;
    }
  }

  /** {@code name}. */
  record Variable(String name) implements Expression {
    @Override
    public Object value(Scope scope) {
      return scope.get(name);
    }
  }

  /** {@code [a, b]}. */
  record ListOf(ImmutableList<Expression> elements) implements Expression {
    @Override
    public Object value(Scope scope) {
      return values(scope, elements);
    }
  }

  /** {@code (a, b)}. */
  record TupleOf(ImmutableList<Expression> elements) implements Expression {
    @Override
    public Object value(Scope scope) {
      return new Tuple(values(scope, elements));
    }
  }

  /** {@code {a: b}}. */
  record DictOf(ImmutableList<Expression> keys, ImmutableList<Expression> values)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Dict.Builder dict = new Dict.Builder(scope.budget());
      for (int i = 0; i < keys.size(); i++) {
        Object key = keys.get(i).value(scope);
        dict.put(key, values.get(i).value(scope));
      }
      return dict.build();
    }
  }

  /** {@code of.name}. */
  record Attribute(Expression of, String name) implements Expression {
    @Override
    public Object value(Scope scope) {
      return Attributes.attribute(scope.step(), of.value(scope), name);
    }
  }

  /** {@code of[key]}. */
  record Item(Expression of, Expression key) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object container = of.value(scope);
      return Attributes.item(scope.step(), container, key.value(scope));
    }
  }

  /** {@code of[from:to:step]}. */
  record Slice(Expression of, Expression from, Expression to, Expression step)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      Object start = from.value(scope);
      Object end = to.value(scope);
      return Slices.slice(scope.step(), value, start, end, step.value(scope));
    }
  }

  /** {@code callee(…)}. */
  record Call(Expression callee, Inputs inputs) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object function = callee.value(scope);
      return call(scope, function, inputs.arguments(scope));
    }

    static Object call(Scope scope, Object function, Arguments arguments) {
      scope.step();
      if (function instanceof Callable callable) {
        return callable.call(scope, arguments);
      }
      throw new Halt(
          function instanceof Undefined undefined
              ? undefined.why()
              : Python.type(function) + " cannot be called");
    }
  }

  /** {@code of|name(…)}. */
  record Filter(Expression of, String name, Inputs inputs) implements Expression {
    @Override
    public Object value(Scope scope) {
      return apply(scope, of.value(scope));
    }

    Object apply(Scope scope, Object value) {
      scope.step();
      return Filters.apply(scope, name, value, inputs.arguments(scope));
    }
  }

  /** {@code of is name(…)}. */
  record Test(Expression of, String name, Inputs inputs) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.step();
      Object value = of.value(scope);
      return ValueTests.test(scope, name, value, inputs.arguments(scope));
    }
  }

  /** {@code not operand}. */
  record Not(Expression operand) implements Expression {
    @Override
    public Object value(Scope scope) {
      return !Python.isTrue(operand.value(scope));
    }
  }

  /** {@code -operand} or {@code +operand}. */
  record Signed(Expression operand, boolean isNegative) implements Expression {
    @Override
    public Object value(Scope scope) {
      return Arithmetic.signed(operand.value(scope), isNegative);
    }
  }

  /** {@code left + right} and its like. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object first = left.value(scope);
      return Arithmetic.apply(scope.step(), operator, first, right.value(scope));
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concatenation(ImmutableList<Expression> parts) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.step();
      List<Object> values = new ArrayList<>(parts.size());
      parts.forEach(part -> values.add(part.value(scope)));
      boolean isMarkup =
          scope.autoescapes() && values.stream().anyMatch(value -> value instanceof Markup);
      Output text = new Output(scope.budget());
      for (Object value : values) {
        text.append(
            isMarkup
                ? Markup.escape(scope.budget(), value)
                : Representation.string(scope.budget(), value));
      }
      return isMarkup ? new Markup(text.text()) : text.text();
    }
  }

  /** {@code a < b == c}: each with the one before. */
  record Comparison(
      Expression first, ImmutableList<String> operators, ImmutableList<Expression> others)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object left = first.value(scope);
      for (int i = 0; i < others.size(); i++) {
        Object right = others.get(i).value(scope);
        if (!Comparisons.holds(scope.step(), operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code left and right}: one of the two. */
  record And(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = left.value(scope);
      return Python.isTrue(value) ? right.value(scope) : value;
    }
  }

  /** {@code left or right}: one of the two. */
  record Or(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = left.value(scope);
      return Python.isTrue(value) ? value : right.value(scope);
    }
  }

  /** {@code value if condition else otherwise}. */
  record Conditional(Expression condition, Expression then, Expression otherwise)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      return Python.isTrue(condition.value(scope)) ? then.value(scope) : otherwise.value(scope);
    }
  }

  /**
   * What a call is given.
   *
   * @param positional in their order
   * @param named by name
   * @param more {@code *more}
   * @param moreNamed {@code **moreNamed}
   */
  record Inputs(
      ImmutableList<Expression> positional,
      ImmutableMap<String, Expression> named,
      Optional<Expression> more,
      Optional<Expression> moreNamed) {

    static final Inputs NONE =
        new Inputs(ImmutableList.of(), ImmutableMap.of(), Optional.empty(), Optional.empty());

    Arguments arguments(Scope scope) {
      if (positional.isEmpty() && named.isEmpty() && more.isEmpty() && moreNamed.isEmpty()) {
        return Arguments.NONE;
      }
      List<Object> values = new ArrayList<>(values(scope, positional));
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, expression) -> byName.put(name, expression.value(scope)));
      more.ifPresent(
          list -> {
            List<Object> others = Python.list(scope.budget(), list.value(scope));
            scope.budget().elements(others.size());
            values.addAll(others);
          });
      moreNamed.ifPresent(dict -> addAll(scope.budget(), byName, dict.value(scope)));
      return new Arguments(values, byName);
    }

    private static void addAll(Budget budget, Map<String, Object> byName, Object dict) {
      budget.elements(2L * Python.dict(dict).size());
      for (Dict.Entry entry : Python.dict(dict).entries()) {
        if (byName.put(Python.text(entry.key()), entry.value()) != null) {
          throw new Halt("an argument is given twice: " + Python.text(entry.key()));
        }
      }
    }
  }

  private static ImmutableList<Object> values(Scope scope, List<Expression> expressions) {
    scope.step().elements(expressions.size());
    ImmutableList.Builder<Object> values =
        ImmutableList.builderWithExpectedSize(expressions.size());
    for (Expression expression : expressions) {
      values.add(expression.value(scope));
    }
    return values.build();
  }
}
