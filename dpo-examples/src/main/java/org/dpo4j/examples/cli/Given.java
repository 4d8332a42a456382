package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a command was told, on the command line or in a file of options; not what is only a default.
 *
 * @param parsed the command's own arguments
 */
record Given(ParseResult parsed) {

  /** The command's name. */
  String command() {
    return parsed.commandSpec().name();
  }

  /** Whether an option was given; a flag that was given as false was not. */
  boolean has(String option) {
    OptionSpec spec = parsed.commandSpec().findOption(option);
    return spec != null
        && (parsed.hasMatchedOption(spec) || isInFile(spec))
        && !Boolean.FALSE.equals(spec.getValue());
  }

  /** The options that were given. */
  List<OptionSpec> options() {
    return parsed.commandSpec().options().stream()
        .filter(option -> parsed.hasMatchedOption(option) || isInFile(option))
        .toList();
  }

  private boolean isInFile(OptionSpec option) {
    IDefaultValueProvider file = parsed.commandSpec().defaultValueProvider();
    try {
      return file != null && file.defaultValue(option) != null;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** An option's value, given or by default, as it is typed; empty if it has none. */
  String value(String option) {
    OptionSpec spec = parsed.commandSpec().findOption(option);
    Object value = spec == null ? null : spec.getValue();
    return value instanceof Optional<?> optional
        ? optional.map(Given::text).orElse("")
        : value == null ? "" : text(value);
  }

  private static String text(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT)
        : value.toString();
  }

  /** A number, given or by default; that of the second parameter if it has none. */
  double number(String option, double otherwise) {
    String value = value(option);
    return value.isEmpty() ? otherwise : Double.parseDouble(value);
  }

  /** The value as the command has it. */
  Optional<Object> object(String option) {
    OptionSpec spec = parsed.commandSpec().findOption(option);
    return spec == null ? Optional.empty() : Optional.ofNullable(spec.getValue());
  }
}
