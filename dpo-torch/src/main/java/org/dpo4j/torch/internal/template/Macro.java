package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A macro, or the body of a call block.
 *
 * @param signature its parameters
 * @param body what it writes
 * @param definition the scope that it stands in
 */
record Macro(Signature signature, Body body, Scope definition) implements Callable {

  /**
   * What a macro is called with.
   *
   * @param name the macro's, or nothing for the body of a call block
   * @param parameters names
   * @param defaults of the last parameters
   * @param readsCaller whether its body reads {@code caller}
   * @param readsMore whether it reads {@code varargs}
   * @param readsMoreNamed whether it reads {@code kwargs}
   */
  record Signature(
      Optional<String> name,
      ImmutableList<String> parameters,
      ImmutableList<Expression> defaults,
      boolean readsCaller,
      boolean readsMore,
      boolean readsMoreNamed) {}

  @Override
  public Object call(Scope scope, Arguments arguments) {
    Budget budget = scope.budget();
    budget.enter();
    Scope inner = definition.inner();
    bind(inner, arguments);
    Output out = new Output(budget);
    body.run(inner, out);
    budget.leave();
    return scope.autoescapes() ? new Markup(out.text()) : out.text();
  }

  private void bind(Scope inner, Arguments arguments) {
    List<Object> positional = arguments.positional();
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    ImmutableList<String> parameters = signature.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      Object value = i < positional.size() ? positional.get(i) : named.remove(parameter);
      inner.set(parameter, value == null ? standard(inner, i) : value);
    }
    if (signature.readsCaller() && !parameters.contains("caller")) {
      Object caller = named.remove("caller");
      inner.set("caller", caller == null ? new Undefined("No caller defined") : caller);
    }
    more(inner, positional, named);
  }

  private void more(Scope inner, List<Object> positional, Map<String, Object> named) {
    int known = Math.min(positional.size(), signature.parameters().size());
    List<Object> more = positional.subList(known, positional.size());
    if (signature.readsMoreNamed()) {
      Dict.Builder kwargs = new Dict.Builder(inner.budget());
      named.forEach(kwargs::put);
      inner.set("kwargs", kwargs.build());
    } else if (!named.isEmpty()) {
      throw new Halt(shown() + " has no parameter '" + named.keySet().iterator().next() + "'");
    }
    if (signature.readsMore()) {
      inner.set("varargs", new Tuple(ImmutableList.copyOf(more)));
    } else if (!more.isEmpty()) {
      throw new Halt(shown() + " takes at most " + signature.parameters().size() + " arguments");
    }
  }

  private Object standard(Scope inner, int parameter) {
    int last = signature.defaults().size() - (signature.parameters().size() - parameter);
    return last >= 0
        ? signature.defaults().get(last).value(inner)
        : new Undefined(
            "parameter '" + signature.parameters().get(parameter) + "' was not provided");
  }

  private String shown() {
    return signature.name().map(name -> "the macro '" + name + "'").orElse("a call block");
  }

  /** An attribute, or nothing. */
  @Nullable Object attribute(String name) {
    return switch (name) {
      case "name" -> signature.name().<Object>map(text -> text).orElse(None.NONE);
      case "arguments" -> new Tuple(ImmutableList.copyOf(signature.parameters()));
      case "catch_kwargs" -> signature.readsMoreNamed();
      case "catch_varargs" -> signature.readsMore();
      case "caller" -> signature.readsCaller();
      case "explicit_caller" -> signature.parameters().contains("caller");
      default -> null;
    };
  }

  @Override
  public String toString() {
    return signature.name().map(name -> "<Macro '" + name + "'>").orElse("<Macro anonymous>");
  }
}
