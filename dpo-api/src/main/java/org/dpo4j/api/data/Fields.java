package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.dpo4j.core.math.Shown;

/**
 * The fields of a record, of which {@code null} is none. A name with dots is first a name, then a
 * path of names. It knows which of them were read, so that the others can be named.
 */
final class Fields {

  /** Locale-free decimal notation; Java's own would take {@code 1f} and {@code 0x1p3} too. */
  private static final Pattern NUMBER =
      Pattern.compile("\\s*[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?\\s*");

  private static final ImmutableSet<String> NOTHING = ImmutableSet.of("", "[]", "{}");

  private final JsonObject object;
  private final Set<String> read = new HashSet<>();

  Fields(JsonObject object) {
    this.object = object;
  }

  /** The names, for messages and for formats whose names are the data's own. */
  ImmutableList<String> names() {
    return ImmutableList.copyOf(object.keySet());
  }

  /** The fields themselves, all of them read. */
  JsonObject toJson() {
    read.addAll(object.keySet());
    return object;
  }

  /** Whether a name is there, be it with {@code null}. */
  boolean hasColumn(String name) {
    return object.has(name);
  }

  /** The columns that say something and that nobody has read. */
  ImmutableList<String> unread() {
    return object.keySet().stream()
        .filter(name -> !read.contains(name) && !saysNothing(object.get(name)))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * {@code null}, blank, or nothing but such in a list or an object, which in a table's cell is
   * text.
   */
  static boolean saysNothing(JsonElement value) {
    return value.isJsonNull()
        || (isText(value) && NOTHING.contains(value.getAsString().strip()))
        || (value instanceof JsonArray array
            && array.asList().stream().allMatch(Fields::saysNothing))
        || (value instanceof JsonObject inner
            && inner.asMap().values().stream().allMatch(Fields::saysNothing));
  }

  /** Whether it is there and says something. */
  boolean says(String name) {
    return !saysNothing(find(name));
  }

  /** A value to look at, which does not make it a column that was read; null if there is none. */
  JsonElement peek(String name) {
    return find(name);
  }

  /** Whether all are there. */
  boolean has(String... names) {
    for (String name : names) {
      if (find(name).isJsonNull()) {
        return false;
      }
    }
    return true;
  }

  /** The first of some names that is there. */
  Optional<String> first(List<String> names) {
    return names.stream().filter(this::has).findFirst();
  }

  boolean hasText(String name) {
    return isText(find(name));
  }

  boolean hasArray(String name) {
    return find(name).isJsonArray();
  }

  boolean hasObject(String name) {
    return find(name).isJsonObject();
  }

  static boolean isText(JsonElement value) {
    return value instanceof JsonPrimitive primitive && primitive.isString();
  }

  JsonElement get(String name) throws SkippedException {
    JsonElement value = find(name);
    if (value.isJsonNull()) {
      throw SkippedException.malformed("has no '" + Shown.text(name) + "'");
    }
    note(name);
    return value;
  }

  String text(String name) throws SkippedException {
    return text(get(name), name);
  }

  static String text(JsonElement value, String name) throws SkippedException {
    if (!isText(value)) {
      throw wrong(name, "a text", value);
    }
    return value.getAsString();
  }

  /** A text, or a number or boolean as it is written. */
  static String label(JsonElement value, String name) throws SkippedException {
    if (!value.isJsonPrimitive()) {
      throw wrong(name, "a text, a number or a boolean", value);
    }
    return value.getAsString().strip();
  }

  double number(String name) throws SkippedException {
    return number(get(name), name);
  }

  /** Whether it is a number, or a text that is one or blank. */
  boolean hasNumber(String name) {
    JsonElement value = find(name);
    return parsed(value).isPresent() || (isText(value) && value.getAsString().isBlank());
  }

  /** A finite number, which may be written as text. */
  static double number(JsonElement value, String name) throws SkippedException {
    OptionalDouble number = parsed(value);
    if (number.isEmpty()) {
      throw wrong(name, "a finite number", value);
    }
    return number.getAsDouble();
  }

  static OptionalDouble parsed(JsonElement value) {
    if (value instanceof JsonPrimitive primitive
        && !primitive.isBoolean()
        && NUMBER.matcher(primitive.getAsString()).matches()) {
      double number = Double.parseDouble(primitive.getAsString());
      return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }
    return OptionalDouble.empty();
  }

  /** A number, unless it is not there or, in a table of texts, blank. */
  OptionalDouble optionalNumber(String name) throws SkippedException {
    JsonElement value = find(name);
    note(name);
    return value.isJsonNull() || (isText(value) && value.getAsString().isBlank())
        ? OptionalDouble.empty()
        : OptionalDouble.of(number(value, name));
  }

  Fields object(String name) throws SkippedException {
    return object(get(name), name);
  }

  static Fields object(JsonElement value, String name) throws SkippedException {
    if (!(value instanceof JsonObject fields)) {
      throw wrong(name, "an object", value);
    }
    return new Fields(fields);
  }

  List<JsonElement> array(String name) throws SkippedException {
    JsonElement value = get(name);
    if (!(value instanceof JsonArray array)) {
      throw wrong(name, "an array", value);
    }
    return array.asList();
  }

  /** The elements of an array of objects. */
  List<Fields> objects(String name) throws SkippedException {
    ImmutableList.Builder<Fields> objects = ImmutableList.builder();
    for (JsonElement element : array(name)) {
      objects.add(object(element, "each of " + name));
    }
    return objects.build();
  }

  /** A value that is not what it must be. */
  static SkippedException wrong(String name, String rule, JsonElement value) {
    return SkippedException.malformed(
        String.format(
            Locale.ROOT,
            "'%s' must be %s, got %s",
            Shown.text(name),
            rule,
            Shown.text(shown(value))));
  }

  static String shown(JsonElement value) {
    return value.isJsonObject() ? "an object" : value.isJsonArray() ? "an array" : value.toString();
  }

  /** Of a path the column is what was read. */
  private void note(String name) {
    int dot = name.indexOf('.');
    read.add(object.has(name) || dot < 0 ? name : name.substring(0, dot));
  }

  private JsonElement find(String name) {
    JsonElement value = object.get(name);
    if (value != null) {
      return value;
    }
    int dot = name.indexOf('.');
    return dot > 0 && object.get(name.substring(0, dot)) instanceof JsonObject inner
        ? new Fields(inner).find(name.substring(dot + 1))
        : JsonNull.INSTANCE;
  }
}
