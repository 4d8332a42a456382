package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Doubles;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a loss is given, with what it is given if nothing is said.
 *
 * @param loss names it in messages
 * @param values by parameter
 */
record LossArguments(String loss, ImmutableMap<String, String> values) {

  static LossArguments of(
      String loss, ImmutableList<LossParameter> takes, Map<String, String> given) {
    ImmutableList<String> known =
        takes.stream().map(LossParameter::name).collect(ImmutableList.toImmutableList());
    given.keySet().forEach(name -> LossCatalogue.requireKnown(loss, name, known));
    Map<String, String> all = new HashMap<>();
    for (LossParameter parameter : takes) {
      parameter.fallback().ifPresent(value -> all.put(parameter.name(), value));
    }
    all.putAll(given);
    return new LossArguments(loss, ImmutableMap.copyOf(all));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** A number that is there, or has to be. */
  double number(String name) {
    String text = values.get(name);
    if (text == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "loss '%1$s' needs a parameter: '%2$s=…'", loss, name));
    }
    Double value = Doubles.tryParse(text);
    if (value == null || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "parameter '%s' of loss '%s' must be a number, got '%s'",
              name,
              loss,
              text));
    }
    return value;
  }
}
