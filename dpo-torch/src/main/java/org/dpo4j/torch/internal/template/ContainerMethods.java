package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attributes of mappings, lists, numbers and what else is no text. */
final class ContainerMethods {

  /** The sandbox lets no template change what others see. */
  static final ImmutableSet<String> CHANGE_LISTS =
      ImmutableSet.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

  static final ImmutableSet<String> CHANGE_DICTS =
      ImmutableSet.of("clear", "pop", "popitem", "setdefault", "update");

  private static final ImmutableMap<String, Operation> DICT =
      ImmutableMap.of(
          "get", ContainerMethods::get,
          "items", (scope, value, arguments) -> view(value, arguments, DictView.Kind.ITEMS),
          "keys", (scope, value, arguments) -> view(value, arguments, DictView.Kind.KEYS),
          "values", (scope, value, arguments) -> view(value, arguments, DictView.Kind.VALUES),
          "copy", (scope, value, arguments) -> value,
          "fromkeys", unsupported("fromkeys"));

  private static final ImmutableMap<String, Operation> SEQUENCE =
      ImmutableMap.of("count", ContainerMethods::count, "index", ContainerMethods::index);

  private static final ImmutableSet<String> NUMBER_METHODS =
      ImmutableSet.of(
          "as_integer_ratio",
          "bit_count",
          "bit_length",
          "from_bytes",
          "to_bytes",
          "fromhex",
          "hex");

  private ContainerMethods() {}

  static @Nullable Object find(Object value, String name) {
    if (value instanceof Dict) {
      return Attributes.bound(value, DICT.get(name));
    }
    if (value instanceof Tuple tuple && tuple.isGroup()) {
      int named = List.of("grouper", "list").indexOf(name);
      if (named >= 0) {
        return tuple.items().get(named);
      }
    }
    if (value instanceof List && name.equals("copy")) {
      return Attributes.bound(value, (scope, list, arguments) -> list);
    }
    if (value instanceof List || value instanceof Tuple) {
      return Attributes.bound(value, SEQUENCE.get(name));
    }
    if (value instanceof Range range) {
      return ofRange(range, name);
    }
    if (Numbers.isNumber(value)) {
      return ofNumber(value, name);
    }
    boolean decodes = value instanceof Bytes && name.equals("decode");
    return decodes ? Attributes.bound(value, ContainerMethods::decode) : null;
  }

  private static @Nullable Object ofRange(Range range, String name) {
    return switch (name) {
      case "start" -> Numbers.normal(range.start());
      case "stop" -> Numbers.normal(range.stop());
      case "step" -> Numbers.normal(range.step());
      default -> Attributes.bound(range, SEQUENCE.get(name));
    };
  }

  private static @Nullable Object ofNumber(Object value, String name) {
    boolean isWhole = Numbers.isWhole(value);
    return switch (name) {
      case "real" -> isWhole ? Numbers.normal(Numbers.whole(value)) : value;
      case "imag" -> isWhole ? (Object) 0L : (Object) 0.0;
      case "numerator" -> isWhole ? Numbers.normal(Numbers.whole(value)) : null;
      case "denominator" -> isWhole ? 1L : null;
      case "conjugate" -> Attributes.bound(value, (scope, number, arguments) -> number);
      case "is_integer" -> isWhole ? null : Attributes.bound(value, ContainerMethods::isInteger);
      default -> NUMBER_METHODS.contains(name) ? Attributes.bound(value, unsupported(name)) : null;
    };
  }

  static Operation unsupported(String name) {
    return (scope, value, arguments) -> {
      throw new Halt("the method '" + name + "' is not supported");
    };
  }

  private static Object isInteger(Scope scope, Object value, Arguments arguments) {
    double number = Numbers.real(value);
    return number == Math.rint(number) && !Double.isInfinite(number);
  }

  private static Object get(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = positional(arguments).bind(1, "key", "default");
    Object found = Python.dict(value).get(scope.budget(), bound.get(0));
    return found == null ? bound.or(1, None.NONE) : found;
  }

  static Arguments positional(Arguments arguments) {
    if (!arguments.named().isEmpty()) {
      throw new Halt("a method takes no arguments with names");
    }
    return arguments;
  }

  private static Object view(Object value, Arguments arguments, DictView.Kind kind) {
    Arguments.Bound unused = arguments.bind(0);
    return new DictView(Python.dict(value), kind);
  }

  private static Object count(Scope scope, Object value, Arguments arguments) {
    Object wanted = positional(arguments).bind(1, "value").get(0);
    return Python.list(scope.budget(), value).stream()
        .filter(item -> Comparisons.equal(scope.budget(), item, wanted))
        .count();
  }

  private static Object index(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = positional(arguments).bind(1, "value", "start", "stop");
    List<Object> items = Python.list(scope.budget(), value);
    int start = bound(bound.whole(1, 0), items.size());
    int stop = bound(bound.whole(2, Integer.MAX_VALUE), items.size());
    for (int i = start; i < stop; i++) {
      if (Comparisons.equal(scope.budget(), items.get(i), bound.get(0))) {
        return (long) i;
      }
    }
    throw new Halt("the value to look for is not in the list");
  }

  /** An index in Python's way, within a size. */
  static int bound(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static Object decode(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "encoding", "errors");
    utf8(bound);
    ImmutableIntArray values = ((Bytes) value).values();
    ByteBuffer bytes = ByteBuffer.allocate(values.length());
    values.forEach(b -> bytes.put((byte) b));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new Halt("the bytes are not UTF-8");
    }
  }

  /** Refuses other encodings. */
  static void utf8(Arguments.Bound bound) {
    String encoding = Characters.lower(bound.text(0, "utf-8")).replace('_', '-');
    if (!(encoding.equals("utf-8") || encoding.equals("utf8"))) {
      throw new Halt("the encoding '" + encoding + "' is not supported");
    }
  }
}
