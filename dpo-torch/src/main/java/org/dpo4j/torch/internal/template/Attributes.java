package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/** {@code value.name} and {@code value[key]}, as Jinja's sandbox looks for them. */
final class Attributes {

  /** What every object of Python has, and the sandbox keeps. */
  private static final ImmutableSet<String> HIDDEN =
      ImmutableSet.of(
          "__class__",
          "__delattr__",
          "__dir__",
          "__doc__",
          "__eq__",
          "__format__",
          "__ge__",
          "__getattribute__",
          "__getstate__",
          "__gt__",
          "__hash__",
          "__init__",
          "__init_subclass__",
          "__le__",
          "__lt__",
          "__ne__",
          "__new__",
          "__reduce__",
          "__reduce_ex__",
          "__repr__",
          "__setattr__",
          "__sizeof__",
          "__str__",
          "__subclasshook__");

  private Attributes() {}

  /** {@code value.name}: an attribute of its type comes before an item. */
  static Object attribute(Budget budget, Object value, String name) {
    Object own = member(value, name);
    if (own != null) {
      return own;
    }
    Object item = value instanceof Dict dict ? dict.get(name) : null;
    return item == null ? missing(name) : item;
  }

  /** {@code value[key]}: an item comes before an attribute. */
  static Object item(Budget budget, Object value, Object key) {
    Object item = value instanceof Undefined ? null : ownItem(budget, value, key);
    if (item != null) {
      return item;
    }
    if (!Python.isText(key)) {
      return value instanceof Undefined
          ? asked(Representation.of(budget, key))
          : missing("an item");
    }
    Object own = member(value, Python.text(key));
    return own == null ? missing(Python.text(key)) : own;
  }

  private static Undefined missing(String name) {
    // Shortened: a template may ask for a name of millions of characters again and again.
    return new Undefined("'" + Shown.text(name) + "' is not there");
  }

  private static Object asked(String name) {
    throw new Halt("'" + name + "' is asked of a value that is undefined");
  }

  private static @Nullable Object ownItem(Budget budget, Object value, Object key) {
    if (value instanceof Dict dict) {
      boolean isKey = !(key instanceof List || key instanceof Dict || key instanceof DictView);
      return isKey ? dict.get(budget, key) : null;
    }
    if (!Numbers.isWhole(key)) {
      return null;
    }
    if (Python.isText(value)) {
      return character(budget, value, key);
    }
    if (value instanceof Range range) {
      int at = Slices.position(key, range.size());
      return at < 0 ? null : range.get(at);
    }
    List<?> items =
        value instanceof Tuple tuple
            ? tuple.items()
            : value instanceof List<?> list ? list : List.of();
    int at = Slices.position(key, items.size());
    return at < 0 ? null : items.get(at);
  }

  private static @Nullable Object character(Budget budget, Object value, Object key) {
    String text = Python.text(value);
    int size = Characters.count(budget, text);
    int position = Slices.position(key, size);
    if (position < 0) {
      return null;
    }
    int at = Characters.offset(text, position, size);
    return Python.like(value, Character.toString(text.codePointAt(at)));
  }

  /** An attribute that the value's type has, or nothing. */
  static @Nullable Object member(Object value, String name) {
    if (value instanceof Undefined) {
      return asked(name);
    }
    if (value instanceof Namespace namespace) {
      return namespace.get(name);
    }
    if (value == TemplateSelf.SELF) {
      throw new Halt("self." + name + " is not supported");
    }
    if (HIDDEN.contains(name)) {
      return new Undefined("the attribute '" + name + "' is out of reach");
    }
    if (Python.isText(value)) {
      return bound(value, TextMethods.find(name));
    }
    if (value instanceof Loop loop) {
      return loop.attribute(name);
    }
    if (value instanceof Macro macro) {
      return macro.attribute(name);
    }
    if (value instanceof Globals.Cycler cycler) {
      return cycler.attribute(name);
    }
    if ((value instanceof List && ContainerMethods.CHANGE_LISTS.contains(name))
        || (value instanceof Dict && ContainerMethods.CHANGE_DICTS.contains(name))) {
      return new Undefined("'" + name + "' would change a value, which a template must not");
    }
    return ContainerMethods.find(value, name);
  }

  static @Nullable Object bound(Object value, @Nullable Operation method) {
    return method == null
        ? null
        : (Callable) (scope, arguments) -> method.on(scope, value, arguments);
  }
}
