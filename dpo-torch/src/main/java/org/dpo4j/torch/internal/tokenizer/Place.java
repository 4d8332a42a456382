package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/**
 * A value inside a JSON file that knows where it stands, so that every refusal names file, place,
 * rule and value. The path is only spelled out when it is needed: a vocabulary has many places.
 *
 * @param file the file
 * @param parent the object or list around it; null for the whole file
 * @param key its name or index there
 * @param value the value
 */
record Place(Path file, @Nullable Place parent, String key, JsonElement value) {

  private static final int SHOWN_CHARACTERS = 80;

  static Place of(Path file, JsonObject object) {
    return new Place(file, null, "", object);
  }

  /** A field of this object; absent and null are the same. */
  Optional<Place> field(String name) {
    JsonElement element = object().get(name);
    return element == null || element.isJsonNull()
        ? Optional.empty()
        : Optional.of(new Place(file, this, "." + name, element));
  }

  Place require(String name) {
    return field(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    file + ": " + Shown.text(path("." + name)) + " must be there"));
  }

  ImmutableList<Place> fields() {
    ImmutableList.Builder<Place> places = ImmutableList.builder();
    for (Map.Entry<String, JsonElement> entry : object().entrySet()) {
      places.add(new Place(file, this, "." + entry.getKey(), entry.getValue()));
    }
    return places.build();
  }

  /** The name of a field that {@link #fields} gave. */
  String name() {
    return key.substring(1);
  }

  ImmutableList<Place> elements() {
    if (!(value instanceof JsonArray array)) {
      throw refuse("must be a list");
    }
    ImmutableList.Builder<Place> places = ImmutableList.builderWithExpectedSize(array.size());
    for (int i = 0; i < array.size(); i++) {
      places.add(new Place(file, this, "[" + i + "]", array.get(i)));
    }
    return places.build();
  }

  boolean isObject() {
    return value.isJsonObject();
  }

  boolean isList() {
    return value.isJsonArray();
  }

  boolean isString() {
    return isPrimitive(JsonPrimitive::isString);
  }

  String string() {
    check(isString(), "must be a string");
    return value.getAsString();
  }

  boolean bool() {
    check(isPrimitive(JsonPrimitive::isBoolean), "must be true or false");
    return value.getAsBoolean();
  }

  int whole(int min, int max) {
    if (isPrimitive(JsonPrimitive::isNumber)) {
      // The range comes first: 1e999999999 is a short text and a number of a billion digits.
      BigDecimal number = value.getAsBigDecimal();
      if (number.compareTo(BigDecimal.valueOf(min)) >= 0
          && number.compareTo(BigDecimal.valueOf(max)) <= 0
          && number.stripTrailingZeros().scale() <= 0) {
        return number.intValueExact();
      }
    }
    throw refuse("must be a whole number in [" + min + ".." + max + "]");
  }

  void finiteNumber() {
    check(
        isPrimitive(JsonPrimitive::isNumber) && Double.isFinite(value.getAsDouble()),
        "must be a finite number");
  }

  /** The library reads numbers as doubles, and fails hard on some that are beyond them. */
  void checkNumbers() {
    if (isObject()) {
      fields().forEach(Place::checkNumbers);
    } else if (isList()) {
      elements().forEach(Place::checkNumbers);
    } else if (isPrimitive(JsonPrimitive::isNumber)) {
      finiteNumber();
    }
  }

  void check(boolean condition, String rule) {
    if (!condition) {
      throw refuse(rule);
    }
  }

  /** What is wrong with it, to be thrown. */
  IllegalArgumentException refuse(String rule) {
    String text = value.toString();
    String shown =
        text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    // A rule may quote the file, too: a token, a prefix.
    return new IllegalArgumentException(
        file + ": " + Shown.text(path("") + " " + rule) + ", got " + Shown.text(shown));
  }

  private JsonObject object() {
    check(isObject(), "must be an object");
    return value.getAsJsonObject();
  }

  private String path(String last) {
    List<String> keys = new ArrayList<>();
    for (Place place = this; place != null; place = place.parent) {
      keys.add(0, place.key);
    }
    String path = String.join("", keys) + last;
    return path.startsWith(".") ? path.substring(1) : path;
  }

  private boolean isPrimitive(Predicate<JsonPrimitive> kind) {
    return value instanceof JsonPrimitive primitive && kind.test(primitive);
  }
}
