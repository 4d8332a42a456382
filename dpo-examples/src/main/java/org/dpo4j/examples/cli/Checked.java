package org.dpo4j.examples.cli;

import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Options, or a command with its options, that can be judged before data or a model are touched.
 */
interface Checked {

  /**
   * Judges them by what was typed and by where results shall go.
   *
   * @throws RuntimeException that is {@linkplain Failure explained}, if something is wrong
   */
  default void check() {}

  /**
   * Judges the folders they name, by what is seen without reading weights.
   *
   * @throws RuntimeException that is {@linkplain Failure explained}, if one is not what it should
   *     be
   */
  default void requireInputs() {}

  /**
   * Refuses a command that is called the wrong way: values out of range, options that don't go
   * together, forms that are none, places that can't be written; and then one whose inputs are not
   * there.
   *
   * @throws ParameterException if so, with one message that names the option
   */
  static void all(ParseResult parsed) {
    ParseResult called = parsed;
    while (called.hasSubcommand()) {
      called = called.subcommand();
    }
    if (called.isUsageHelpRequested() || called.isVersionHelpRequested()) {
      return;
    }
    CommandSpec command = called.commandSpec();
    Given given = new Given(called);
    OptionRanges.problem(given)
        .or(() -> OptionRules.problem(given))
        .ifPresent(
            problem -> {
              throw new ParameterException(command.commandLine(), problem);
            });
    try {
      each(command, Checked::check);
    } catch (RuntimeException e) {
      if (!Failure.isExplained(e)) {
        throw e;
      }
      throw new ParameterException(command.commandLine(), Failure.explanation(e), e);
    }
    each(command, Checked::requireInputs);
  }

  /** The command itself comes last, since it looks at the disk. */
  private static void each(CommandSpec spec, Consumer<Checked> judge) {
    spec.mixins().values().forEach(mixin -> each(mixin, judge));
    if (spec.userObject() instanceof Checked options) {
      judge.accept(options);
    }
  }
}
