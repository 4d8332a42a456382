package org.dpo4j.torch.internal.template;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.Function;

/** What an element is sorted, grouped or chosen by: itself, or something in it. */
final class ByAttribute {

  private static final int MAX_CHARACTERS = 1000;

  private ByAttribute() {}

  /** By an attribute of an attribute, {@code 'a.b.0'}, or by the element itself for None. */
  static Function<Object, Object> of(Scope scope, Object attribute, boolean ignoresCase) {
    return of(scope, attribute, None.NONE, ignoresCase);
  }

  /** The same with something else, unless it is None, for what is not there. */
  static Function<Object, Object> of(
      Scope scope, Object attribute, Object otherwise, boolean ignoresCase) {
    List<Object> path = path(attribute);
    return element -> {
      Object value = element;
      for (Object part : path) {
        value = Attributes.item(scope.step(), value, part);
        value = value instanceof Undefined && otherwise != None.NONE ? otherwise : value;
      }
      return ignoresCase ? withoutCase(scope, value) : value;
    };
  }

  /** By a list of several attributes with commas between. */
  static Function<Object, Object> several(Scope scope, Object attributes, boolean ignoresCase) {
    List<Object> names =
        attributes instanceof String text
            ? ImmutableList.copyOf(Splitter.on(',').split(checked(text)))
            : List.of(attributes);
    List<Function<Object, Object>> all =
        names.stream().map(name -> of(scope, name, ignoresCase)).toList();
    return element ->
        all.stream().map(key -> key.apply(element)).collect(ImmutableList.toImmutableList());
  }

  static Object withoutCase(Scope scope, Object value) {
    return Python.isText(value)
        ? TextMethods.changed(scope.budget(), value, Characters::lower)
        : value;
  }

  private static List<Object> path(Object attribute) {
    if (attribute == None.NONE) {
      return List.of();
    }
    if (!Python.isText(attribute)) {
      return List.of(attribute);
    }
    return Splitter.on('.').splitToList(checked(Python.text(attribute))).stream()
        .map(part -> part.matches("[0-9]{1,9}") ? (Object) Long.valueOf(part) : part)
        .toList();
  }

  private static String checked(String attribute) {
    if (attribute.length() > MAX_CHARACTERS) {
      throw new Halt("an attribute's name must have at most " + MAX_CHARACTERS + " characters");
    }
    return attribute;
  }
}
