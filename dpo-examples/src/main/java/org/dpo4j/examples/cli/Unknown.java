package org.dpo4j.examples.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Words of a command line that mean nothing. A misspelt option is the likeliest reason why another
 * one, which is required, is missing, but picocli tells of what is missing first.
 */
final class Unknown {

  private Unknown() {}

  /** What stands there and is unknown, with suggestions. */
  static Optional<ParameterException> in(String[] arguments) {
    CommandLine line = Dpo.commandLine();
    collectErrors(line);
    for (ParseResult parsed = line.parseArgs(arguments);
        parsed != null;
        parsed = parsed.subcommand()) {
      Optional<ParameterException> unknown =
          parsed.errors().stream()
              .filter(UnmatchedArgumentException.class::isInstance)
              .map(UnmatchedArgumentException.class::cast)
              .map(ParameterException.class::cast)
              .findFirst();
      if (unknown.isPresent()) {
        return unknown;
      }
    }
    return Optional.empty();
  }

  private static void collectErrors(CommandLine line) {
    line.getCommandSpec().parser().collectErrors(true);
    line.getSubcommands().values().forEach(Unknown::collectErrors);
  }
}
