package org.dpo4j.examples.cli;

import java.io.UncheckedIOException;
import java.util.Locale;
import org.dpo4j.api.TrainingException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What went wrong, on one line. */
final class Failure {

  private Failure() {}

  /** A command line that can't be understood. */
  static int ofUsage(ParameterException e, String[] arguments) {
    int code = ofUsage(e.getCommandLine(), e);
    UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
    return code;
  }

  static int ofUsage(CommandLine line, Exception e) {
    line.getErr()
        .printf(
            Locale.ROOT,
            "dpo: %s; see %s --help%n",
            oneLine(e),
            line.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  /** A command that failed. */
  static int ofCommand(Exception e, CommandLine line, ParseResult parsed) {
    if (line.getParseResult().hasMatchedOption("--debug")) {
      e.printStackTrace(line.getErr());
    } else {
      line.getErr().printf(Locale.ROOT, "dpo: %s%n", oneLine(e));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage();
    String known =
        message == null || !isExplained(e) ? e.toString() + "; --debug says where" : message;
    return known.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Exceptions that the library throws with a message for its user. */
  private static boolean isExplained(Exception e) {
    return e instanceof IllegalArgumentException
        || e instanceof IllegalStateException
        || e instanceof UncheckedIOException
        || e instanceof ParameterException
        || e instanceof TrainingException;
  }
}
