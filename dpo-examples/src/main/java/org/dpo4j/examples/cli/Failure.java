package org.dpo4j.examples.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.api.RefusedException;
import org.dpo4j.api.TrainingException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What went wrong, on one line. */
final class Failure {

  private static final String OWN_PACKAGES = "org.dpo4j.";

  /** How libtorch says that it got none, of the machine's memory and of a GPU's. */
  private static final String NO_MEMORY =
      "(?s).*(not enough memory|out of memory|allocate memory).*";

  private Failure() {}

  /** A command line that can't be understood. */
  static int ofUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    ParameterException shown = Unknown.in(arguments).orElse(e);
    int code =
        ofUsage(
            line,
            String.valueOf(shown.getMessage())
                .replaceAll(" is not an? (int|long)$", " is not a whole number")
                .replaceAll(" is not a double$", " is not a number"));
    UnmatchedArgumentException.printSuggestions(shown, line.getErr());
    return code;
  }

  static int ofUsage(CommandLine line, String problem) {
    line.getErr()
        .printf(
            Locale.ROOT,
            "dpo: %s; see %s --help%n",
            oneLine(problem),
            line.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  /** A command that failed. */
  static int ofCommand(Exception e, CommandLine line, ParseResult parsed) {
    return of(e, line, line.getParseResult().hasMatchedOption(Dpo.DEBUG));
  }

  static int of(Throwable e, CommandLine line, boolean debug) {
    if (debug) {
      e.printStackTrace(line.getErr());
    } else {
      line.getErr().printf(Locale.ROOT, "dpo: %s%n", oneLine(explanation(e)));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** What a user is told of it. */
  static String explanation(Throwable e) {
    String message = e.getMessage();
    if (e instanceof OutOfMemoryError) {
      return "Java's heap is full ("
          + message
          + "); give it more with JAVA_TOOL_OPTIONS=-Xmx…, or lower --batch-size";
    }
    if (message != null && !isExplained(e) && message.matches(NO_MEMORY)) {
      return "there is not enough memory: lower --batch-size, --max-tokens or --max-length, or add"
          + " --recompute-activations where the command has it";
    }
    if (e instanceof Results.LostException) {
      return String.valueOf(message);
    }
    if (e instanceof RefusedException refused) {
      return InOptions.said(refused);
    }
    if (message != null && isExplained(e)) {
      return message;
    }
    return ofFile(e).orElseGet(() -> "a fault of dpo4j itself: " + firstLine(e) + "; " + TELL);
  }

  private static final String TELL = "run it again with --debug, and report what that prints";

  private static String firstLine(Throwable e) {
    return e.toString().lines().findFirst().orElse("");
  }

  /** What the file system refused. */
  private static Optional<String> ofFile(Throwable e) {
    Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
    if (cause instanceof NoSuchFileException missing) {
      return Optional.of("there is no " + missing.getFile());
    }
    if (cause instanceof AccessDeniedException denied) {
      return Optional.of("no right to read or write " + denied.getFile());
    }
    if (cause instanceof FileSystemException refused) {
      return Optional.of(refused.getFile() + ": " + refused.getReason());
    }
    return cause instanceof IOException
        ? Optional.of("a file or connection failed: " + firstLine(cause) + "; --debug says where")
        : Optional.empty();
  }

  /** Whether it was thrown by the library, which gives such exceptions a message for its user. */
  static boolean isExplained(Throwable e) {
    return e instanceof ParameterException || (isOfKnownKind(e) && isThrownHere(e));
  }

  private static boolean isOfKnownKind(Throwable e) {
    return e instanceof IllegalArgumentException
        || e instanceof IllegalStateException
        || e instanceof IOException
        || e instanceof UncheckedIOException
        || e instanceof TrainingException;
  }

  /** A JDK's IllegalArgumentException speaks of its own parameters, which nobody here has typed. */
  private static boolean isThrownHere(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith(OWN_PACKAGES);
  }
}
