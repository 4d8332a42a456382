package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Range;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.files.ModelFile;
import org.dpo4j.torch.internal.json.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's {@code config.json}, or an object inside it. What is read is checked, and a field
 * that breaks a rule is named together with the file, the rule and the value. {@code null} means
 * absent; {@link #states} tells the two apart where a family does.
 */
public final class ModelConfig {

  private static final int MAX_BYTES = 10_000_000;
  private static final int SHOWN_CHARACTERS = 80;

  private final Path file;
  private final String prefix;
  private final JsonObject fields;

  private ModelConfig(Path file, String prefix, JsonObject fields) {
    this.file = file;
    this.prefix = prefix;
    this.fields = fields;
  }

  /**
   * Reads a file: strict JSON, one object, no field twice, at most 10 MB.
   *
   * @param file usually {@code config.json}
   * @return the configuration
   * @throws IllegalArgumentException if the file holds anything else, or is one that {@link
   *     ModelFile} does not allow in its directory
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static ModelConfig read(Path file) {
    ModelFile.check(file.toAbsolutePath().resolveSibling("."), file);
    return parse(file, StrictJson.text(file, MAX_BYTES));
  }

  /**
   * The same from text that is already there.
   *
   * @param file named in messages
   * @param json its content
   * @return the configuration
   * @throws IllegalArgumentException if the text is not strict JSON of one object
   */
  public static ModelConfig parse(Path file, String json) {
    return new ModelConfig(file, "", StrictJson.object(file, json));
  }

  /**
   * Where it came from.
   *
   * @return the file
   */
  public Path file() {
    return file;
  }

  /**
   * Whether a field is there, be it as {@code null}.
   *
   * @param field its name
   * @return true if the file has it
   */
  public boolean states(String field) {
    return fields.has(field);
  }

  /**
   * What it states.
   *
   * @return the names of its fields, in their order
   */
  public ImmutableList<String> names() {
    return ImmutableList.copyOf(fields.keySet());
  }

  /**
   * Whether a field holds a string.
   *
   * @param field its name
   * @return false if it holds anything else or is absent
   */
  public boolean holdsString(String field) {
    return isString(fields.get(field));
  }

  /**
   * A whole number that must be there.
   *
   * @param field its name
   * @param min the least allowed
   * @param max the greatest allowed
   * @return its value
   * @throws IllegalArgumentException if it is absent, not a whole number or out of range
   */
  public int requireInt(String field, int min, int max) {
    return optionalInt(field, min, max)
        .orElseThrow(() -> refuse(field, "must be a whole number in [" + min + ".." + max + "]"));
  }

  /**
   * A whole number that may be absent.
   *
   * @param field its name
   * @param min the least allowed
   * @param max the greatest allowed
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but not a whole number or out of range
   */
  public OptionalInt optionalInt(String field, int min, int max) {
    Optional<BigDecimal> number =
        value(
                field,
                "a whole number in [" + min + ".." + max + "]",
                element -> isWhole(element, min, max))
            .map(JsonElement::getAsBigDecimal);
    return number.isPresent() ? OptionalInt.of(number.get().intValueExact()) : OptionalInt.empty();
  }

  /**
   * A number that must be there.
   *
   * @param field its name
   * @param range what is allowed
   * @return its value
   * @throws IllegalArgumentException if it is absent, not a number or out of range
   */
  public double requireNumber(String field, Range<Double> range) {
    return optionalNumber(field, range)
        .orElseThrow(() -> refuse(field, "must be a number in " + range));
  }

  /**
   * A number that may be absent.
   *
   * @param field its name
   * @param range what is allowed
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but not a number or out of range
   */
  public OptionalDouble optionalNumber(String field, Range<Double> range) {
    Optional<Double> number =
        value(field, "a number in " + range, element -> isNumberIn(element, range))
            .map(JsonElement::getAsDouble);
    return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
  }

  /**
   * A truth value.
   *
   * @param field its name
   * @param otherwise its value where it is absent
   * @return its value
   * @throws IllegalArgumentException if it is there but neither true nor false
   */
  public boolean optionalBoolean(String field, boolean otherwise) {
    return value(field, "true or false", element -> isPrimitive(element, JsonPrimitive::isBoolean))
        .map(JsonElement::getAsBoolean)
        .orElse(otherwise);
  }

  /**
   * A string.
   *
   * @param field its name
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but not a string
   */
  public Optional<String> optionalString(String field) {
    return value(field, "a string", ModelConfig::isString).map(JsonElement::getAsString);
  }

  /**
   * A list of strings.
   *
   * @param field its name
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but not a list of strings
   */
  public Optional<ImmutableList<String>> optionalStrings(String field) {
    return value(field, "a list of strings", ModelConfig::isListOfStrings)
        .map(
            list ->
                list.getAsJsonArray().asList().stream()
                    .map(JsonElement::getAsString)
                    .collect(ImmutableList.toImmutableList()));
  }

  /**
   * A list of whole numbers, or one alone.
   *
   * @param field its name
   * @param min the least allowed
   * @param max the greatest allowed
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but neither
   */
  public Optional<ImmutableList<Integer>> optionalInts(String field, int min, int max) {
    return value(
            field,
            "a list of whole numbers in [" + min + ".." + max + "]",
            element -> elements(element).allMatch(one -> isWhole(one, min, max)))
        .map(
            list ->
                elements(list)
                    .map(one -> one.getAsBigDecimal().intValueExact())
                    .collect(ImmutableList.toImmutableList()));
  }

  /**
   * An object. Messages about its fields name this one too.
   *
   * @param field its name
   * @return its value, or nothing
   * @throws IllegalArgumentException if it is there but not an object
   */
  public Optional<ModelConfig> optionalObject(String field) {
    return value(field, "an object", JsonElement::isJsonObject)
        .map(object -> new ModelConfig(file, prefix + field + ".", object.getAsJsonObject()));
  }

  /**
   * Refuses a field unless a condition holds.
   *
   * @param condition what must be true
   * @param field the field to blame
   * @param rule for the message, for instance {@code "must divide hidden_size"}
   * @throws IllegalArgumentException if the condition is false
   */
  public void check(boolean condition, String field, String rule) {
    if (!condition) {
      throw refuse(field, rule);
    }
  }

  /**
   * Refuses a field that asks for something.
   *
   * @param field its name; absent, {@code null}, false and empty are accepted
   * @throws IllegalArgumentException if it says anything else
   */
  public void refuseIfSet(String field) {
    refuseIfSet(field, "is not supported");
  }

  /**
   * The same in other words.
   *
   * @param field its name; absent, {@code null}, false and empty are accepted
   * @param rule for the message
   * @throws IllegalArgumentException if it says anything else
   */
  public void refuseIfSet(String field, String rule) {
    JsonElement element = fields.get(field);
    check(element == null || asksForNothing(element), field, rule);
  }

  /**
   * What is wrong with a field.
   *
   * @param field its name
   * @param rule for the message
   * @return an exception whose message names file, field, rule and value
   */
  public IllegalArgumentException refuse(String field, String rule) {
    JsonElement element = fields.get(field);
    return new IllegalArgumentException(
        file + ": " + Shown.text(prefix + field) + " " + rule + ", got " + shown(element));
  }

  /** The fields that hold lists or objects. */
  ImmutableList<String> nested() {
    return fields.entrySet().stream()
        .filter(field -> field.getValue().isJsonArray() || field.getValue().isJsonObject())
        .map(Map.Entry::getKey)
        .collect(ImmutableList.toImmutableList());
  }

  private Optional<JsonElement> value(String field, String rule, Predicate<JsonElement> valid) {
    JsonElement element = fields.get(field);
    if (element == null || element.isJsonNull()) {
      return Optional.empty();
    }
    check(valid.test(element), field, "must be " + rule);
    return Optional.of(element);
  }

  private static boolean isWhole(JsonElement element, int min, int max) {
    if (!isPrimitive(element, JsonPrimitive::isNumber)) {
      return false;
    }
    // The range comes first: 1e999999999 is a short text and a number of a billion digits.
    BigDecimal number = element.getAsBigDecimal();
    return number.compareTo(BigDecimal.valueOf(min)) >= 0
        && number.compareTo(BigDecimal.valueOf(max)) <= 0
        && number.stripTrailingZeros().scale() <= 0;
  }

  private static boolean isNumberIn(JsonElement element, Range<Double> range) {
    return isPrimitive(element, JsonPrimitive::isNumber) && range.contains(element.getAsDouble());
  }

  private static boolean isListOfStrings(JsonElement element) {
    return element.isJsonArray()
        && element.getAsJsonArray().asList().stream().allMatch(ModelConfig::isString);
  }

  private static Stream<JsonElement> elements(JsonElement element) {
    return element.isJsonArray() ? element.getAsJsonArray().asList().stream() : Stream.of(element);
  }

  private static boolean isString(@Nullable JsonElement element) {
    return isPrimitive(element, JsonPrimitive::isString);
  }

  private static boolean isPrimitive(@Nullable JsonElement element, Predicate<JsonPrimitive> kind) {
    return element instanceof JsonPrimitive primitive && kind.test(primitive);
  }

  private static boolean asksForNothing(JsonElement element) {
    return element.isJsonNull()
        || isPrimitive(element, primitive -> primitive.isBoolean() && !primitive.getAsBoolean())
        || isPrimitive(element, primitive -> primitive.getAsString().isEmpty())
        || (element instanceof JsonObject object && object.isEmpty())
        || (element.isJsonArray() && element.getAsJsonArray().isEmpty());
  }

  private static String shown(@Nullable JsonElement element) {
    if (element == null) {
      return "nothing";
    }
    String text = element.toString();
    return Shown.text(
        text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…");
  }
}
