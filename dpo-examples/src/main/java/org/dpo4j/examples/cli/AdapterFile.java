package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an adapter's {@code adapter_config.json} says of its form, to be compared with what a
 * command was told. Whether the file is right is not judged here.
 *
 * @param json empty if it can't be read
 */
record AdapterFile(Optional<JsonObject> json) {

  static AdapterFile in(Path directory) {
    Path file = directory.resolve("adapter_config.json");
    // Not a pipe or a device, which would be waited for.
    if (!Files.isRegularFile(file)) {
      return new AdapterFile(Optional.empty());
    }
    try {
      return new AdapterFile(
          Optional.of(
              JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8))
                  .getAsJsonObject()));
    } catch (IOException | RuntimeException e) {
      return new AdapterFile(Optional.empty());
    }
  }

  /** A field's text. */
  Optional<String> text(String field) {
    return json.map(config -> config.get(field))
        .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())
        .map(JsonElement::getAsString);
  }

  /** Whether a number of all modules is this one. */
  boolean has(String field, String pattern, double number) {
    return json.filter(config -> isNothing(config.get(pattern)))
        .map(config -> config.get(field))
        .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber())
        .map(value -> value.getAsDouble() == number)
        .orElse(false);
  }

  /** Whether it is of these modules. */
  boolean targets(List<String> names) {
    return json.map(config -> config.get("target_modules"))
        .map(AdapterFile::names)
        .map(own -> own.equals(ImmutableSet.copyOf(names)))
        .orElse(false);
  }

  private static boolean isNothing(JsonElement pattern) {
    return pattern == null
        || pattern.isJsonNull()
        || (pattern.isJsonObject() && pattern.getAsJsonObject().isEmpty());
  }

  private static Set<String> names(JsonElement targets) {
    return targets.isJsonArray()
        ? targets.getAsJsonArray().asList().stream()
            .map(JsonElement::getAsString)
            .collect(Collectors.toSet())
        : targets.isJsonPrimitive() ? ImmutableSet.of(targets.getAsString()) : ImmutableSet.of();
  }
}
