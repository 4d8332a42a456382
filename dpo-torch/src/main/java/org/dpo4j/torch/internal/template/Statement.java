package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterators;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.dpo4j.torch.internal.template.Expression.Filter;

/** What a template does. */
sealed interface Statement {

  /** Where it begins. */
  int line();

  /** Does it, writing what it prints. */
  Flow run(Scope scope, Output out);

  /** Text that is copied. */
  record Literal(int line, String text) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      out.append(text);
      return Flow.NEXT;
    }
  }

  /** {@code {{ … }}}. */
  record Print(int line, Expression expression) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      Object value = expression.value(scope);
      out.append(
          scope.autoescapes()
              ? Markup.escape(scope.budget(), value)
              : Representation.string(scope.budget(), value));
      return Flow.NEXT;
    }
  }

  /** {@code print a, b}. */
  record PrintAll(int line, ImmutableList<Expression> expressions) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      for (Expression expression : expressions) {
        Flow unused = new Print(line, expression).run(scope, out);
      }
      return Flow.NEXT;
    }
  }

  /** One of several bodies. */
  record If(int line, ImmutableList<Branch> branches, Body otherwise) implements Statement {

    /** A body and its condition. */
    record Branch(int line, Expression condition, Body body) {

      boolean applies(Scope scope) {
        try {
          scope.step();
          return Python.isTrue(condition.value(scope));
        } catch (Halt e) {
          throw e.at(line);
        }
      }
    }

    @Override
    public Flow run(Scope scope, Output out) {
      for (Branch branch : branches) {
        if (branch.applies(scope)) {
          return branch.body().run(scope, out);
        }
      }
      return otherwise.run(scope, out);
    }
  }

  /** A loop. */
  record For(
      int line,
      Target target,
      Expression through,
      Optional<Expression> condition,
      boolean isRecursive,
      Body body,
      Body otherwise)
      implements Statement {

    @Override
    public Flow run(Scope scope, Output out) {
      loop(scope, out, through.value(scope), 1);
      return Flow.NEXT;
    }

    private void loop(Scope scope, Output out, Object values, int depth) {
      Loop loop = begin(scope, values, depth);
      boolean completed = false;
      Object value = loop.next();
      while (value != null) {
        scope.step();
        Scope inner = scope.inner();
        target.assign(inner, value);
        inner.set("loop", loop);
        Flow flow = body.run(inner, out);
        if (flow == Flow.BREAK) {
          break;
        }
        // As in Jinja, elements that were all passed over count as none.
        completed |= flow == Flow.NEXT;
        value = loop.next();
      }
      if (!completed) {
        otherwise.run(scope.inner(), out);
      }
    }

    private Loop begin(Scope scope, Object values, int depth) {
      Budget budget = scope.budget();
      Iterator<Object> elements = Python.iterator(budget, values);
      if (condition.isPresent()) {
        Expression test = condition.get();
        return new Loop(
            budget,
            Iterators.filter(elements, value -> passes(scope, test, value)),
            -1,
            (from, arguments) -> again(scope, arguments),
            depth);
      }
      int length = values instanceof Generated ? -1 : (int) Python.length(budget, values);
      return new Loop(
          budget, elements, length, (from, arguments) -> again(scope, arguments), depth);
    }

    private boolean passes(Scope scope, Expression test, Object value) {
      scope.step();
      Scope inner = scope.inner();
      target.assign(inner, value);
      return Python.isTrue(test.value(inner));
    }

    private Object again(Scope scope, Arguments arguments) {
      if (!isRecursive) {
        throw new Halt("only a loop that is marked as recursive can be called");
      }
      scope.budget().enter();
      Output out = new Output(scope.budget());
      Object values = arguments.positional().get(0);
      loop(scope, out, values, Numbers.index(arguments.positional().get(1)));
      scope.budget().leave();
      return scope.autoescapes() ? new Markup(out.text()) : out.text();
    }
  }

  /** {@code set a = …}. */
  record Assign(int line, Target target, Expression expression) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      target.assign(scope, expression.value(scope));
      return Flow.NEXT;
    }
  }

  /** {@code set a} with a body. */
  record AssignBody(int line, Target target, ImmutableList<Filter> filters, Body body)
      implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      target.assign(scope, filtered(scope, filters, body));
      return Flow.NEXT;
    }
  }

  /** {@code filter …} with a body. */
  record FilterBody(int line, ImmutableList<Filter> filters, Body body) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      out.append(Python.text(filtered(scope, filters, body)));
      return Flow.NEXT;
    }
  }

  private static Object filtered(Scope scope, List<Filter> filters, Body body) {
    Object value = body.text(scope.inner());
    for (Filter filter : filters) {
      value = filter.apply(scope, value);
    }
    return value;
  }

  /** A macro's definition. */
  record Define(int line, String name, Macro.Signature signature, Body body) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      scope.set(name, new Macro(signature, body, scope));
      return Flow.NEXT;
    }
  }

  /** A call whose callee is given a body to call. */
  record CallWithBody(int line, Expression.Call call, Macro.Signature signature, Body body)
      implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      Object function = call.callee().value(scope);
      Arguments arguments = call.inputs().arguments(scope);
      Arguments withCaller = arguments.with("caller", new Macro(signature, body, scope));
      out.append(Python.text(Expression.Call.call(scope, function, withCaller)));
      return Flow.NEXT;
    }
  }

  /** Variables for a body. */
  record With(int line, ImmutableList<Target> targets, ImmutableList<Expression> values, Body body)
      implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      List<Object> given = new ArrayList<>();
      values.forEach(value -> given.add(value.value(scope)));
      Scope inner = scope.inner();
      for (int i = 0; i < given.size(); i++) {
        targets.get(i).assign(inner, given.get(i));
      }
      return body.run(inner, out);
    }
  }

  /** A body that escapes what it prints, or does not. */
  record Autoescape(int line, Expression escapes, Body body) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      return body.run(scope.inner(Python.isTrue(escapes.value(scope))), out);
    }
  }

  /** A body with a name, which sees only what is set outside of everything. */
  record Block(int line, boolean isScoped, boolean isRequired, Body body) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      if (isRequired) {
        throw new Halt("a required block must be overridden, and nothing here could");
      }
      return body.run((isScoped ? scope : scope.root()).inner(), out);
    }
  }

  /** What the model is trained on, for other trainers; changes nothing in the text. */
  record Generation(int line, Body body) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      return body.run(scope.inner(), out);
    }
  }

  /** {@code break} or {@code continue}. */
  record Leave(int line, Flow flow) implements Statement {
    @Override
    public Flow run(Scope scope, Output out) {
      return flow;
    }
  }
}
