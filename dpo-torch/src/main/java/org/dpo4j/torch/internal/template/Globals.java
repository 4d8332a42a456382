package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a template can call without being given it. */
final class Globals {

  static final String NOW = "strftime_now";

  static final ImmutableMap<String, Callable> ALL =
      ImmutableMap.<String, Callable>builder()
          .put("range", (scope, arguments) -> Range.of(arguments))
          .put("dict", Globals::dict)
          .put("namespace", Namespace::of)
          .put("cycler", (scope, arguments) -> new Cycler(arguments.positional()))
          .put("joiner", (scope, arguments) -> new Joiner(arguments.bind(0, "sep").or(0, ", ")))
          .put("raise_exception", Globals::raise)
          .put("lipsum", Callable.unsupported("the function 'lipsum', which is random,"))
          .buildOrThrow();

  private Globals() {}

  static Dict dict(Scope scope, Arguments arguments) {
    Dict.Builder dict = new Dict.Builder(scope.budget());
    if (arguments.positional().size() > 1) {
      throw new Halt("dict takes at most one argument without a name");
    }
    for (Object from : arguments.positional()) {
      if (from instanceof Dict other) {
        dict.putAll(other);
      } else {
        Python.iterator(scope.budget(), from)
            .forEachRemaining(pair -> put(scope.budget(), dict, pair));
      }
    }
    arguments.named().forEach(dict::put);
    return dict.build();
  }

  private static void put(Budget budget, Dict.Builder dict, Object pair) {
    List<Object> both = Python.list(budget, pair);
    if (both.size() != 2) {
      throw new Halt("dict wants pairs of key and value");
    }
    dict.put(both.get(0), both.get(1));
  }

  private static Object raise(Scope scope, Arguments arguments) {
    Object message = arguments.bind(1, "message").get(0);
    throw new Halt("refused by the template: " + Representation.string(scope.budget(), message));
  }

  /** {@code cycler}: a list gone through again and again. */
  static final class Cycler {

    private final List<Object> items;
    private int at;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw new Halt("cycler must have something to go through");
      }
      this.items = items;
    }

    /** An attribute, or nothing. */
    @Nullable Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(at);
        case "items" -> new Tuple(items);
        case "pos" -> (long) at;
        case "next" -> (Callable) (scope, arguments) -> next();
        case "reset" ->
            (Callable)
                (scope, arguments) -> {
                  at = 0;
                  return None.NONE;
                };
        default -> null;
      };
    }

    private Object next() {
      Object item = items.get(at);
      at = (at + 1) % items.size();
      return item;
    }
  }

  /** {@code joiner}: nothing when it is called first, then what goes between. */
  static final class Joiner implements Callable {

    private final Object separator;
    private boolean used;

    Joiner(Object separator) {
      this.separator = separator;
    }

    @Override
    public Object call(Scope scope, Arguments arguments) {
      Object joint = used ? separator : "";
      used = true;
      return joint;
    }
  }
}
