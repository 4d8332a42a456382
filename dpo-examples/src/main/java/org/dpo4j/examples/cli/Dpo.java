package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line. Exit codes: 0, done; 1, failed; 2, called the wrong way; 3, a gate is closed.
 */
@Command(
    name = "dpo",
    scope = ScopeType.INHERIT,
    description = {
      "Teaches a language model from preferences.",
      "",
      "Exit codes: 0, done; 1, failed; 2, called the wrong way; 3, a gate is closed (probe); 130 and 143,",
      "interrupted by Ctrl-C and by a SIGTERM."
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    versionProvider = Versions.class,
    subcommands = {
      Demo.class,
      Sft.class,
      Train.class,
      Estimate.class,
      SweepSettings.class,
      TrainRewardModel.class,
      Score.class,
      CheckReference.class,
      Generate.class,
      BestOf.class,
      Serve.class,
      Compare.class,
      ProbeBehaviour.class,
      Inspect.class,
      Merge.class,
      Report.class,
      ListLosses.class,
      ExplainCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Dpo implements Callable<Integer> {

  static final String DEBUG = "--debug";

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "YAML with options of the command: 'batch-size: 8' for --batch-size 8.")
  @SuppressWarnings("UnusedVariable") // read before anything is parsed
  private Path config;

  @Option(names = DEBUG, scope = ScopeType.INHERIT, description = "Print where an error came from.")
  @SuppressWarnings("UnusedVariable") // asked for once a command has failed
  private boolean debug;

  private @Spec CommandSpec spec;

  private Dpo() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param arguments a command and its options
   */
  public static void main(String[] arguments) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Interrupts.handle(err);
    System.exit(run(arguments, Results.onStandardOutput(), err));
  }

  /** Runs a command; what it prints goes to the writers. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line =
        commandLine()
            .setOut(TerminalWriter.forOutput(out))
            .setErr(TerminalWriter.forErrors(err))
            // Nothing that a terminal obeys is printed, help in colours neither.
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    try {
      Optional<String> unreadable = CharacterSet.problem(arguments);
      if (unreadable.isPresent()) {
        return Failure.ofUsage(line, unreadable.get());
      }
      Optional<ConfigFile> config;
      try {
        config = ConfigFile.namedIn(arguments);
        config.ifPresent(file -> file.applyTo(line, arguments));
      } catch (IllegalArgumentException | UncheckedIOException e) {
        return Failure.ofUsage(line, Failure.explanation(e));
      }
      int code = line.execute(arguments);
      line.getOut().flush();
      return code;
    } catch (Throwable e) { // picocli hands on no Error
      return Failure.of(e, line, List.of(arguments).contains(DEBUG));
    }
  }

  /** All commands with their options. */
  static CommandLine commandLine() {
    CommandLine line =
        new CommandLine(new Dpo())
            .registerConverter(Path.class, new PathName())
            .registerConverter(LocalDate.class, Dpo::date)
            .registerConverter(InetAddress.class, Dpo::address)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionStrategy(Dpo::checked)
            .setParameterExceptionHandler(Failure::ofUsage)
            .setExecutionExceptionHandler(Failure::ofCommand)
            // What is passed on from elsewhere stays what it is: no file or environment is read for
            // it.
            .setExpandAtFiles(false)
            .setInterpolateVariables(false);
    makeOptional(
        "--out", Objects.requireNonNull(line.getSubcommands().get("estimate")).getCommandSpec());
    return line;
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is no date such as 2026-12-01");
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new TypeConversionException("'" + text + "' is no address of a host that is known");
    }
  }

  private static int checked(ParseResult parsed) {
    try {
      // All is parsed: now they stand for defaults in the texts of --help.
      parsed.commandSpec().commandLine().setInterpolateVariables(true);
      Checked.all(parsed);
      return new CommandLine.RunLast().execute(parsed);
    } catch (ParameterException | ExecutionException e) {
      throw e;
    } catch (RuntimeException e) {
      // Others picocli prints itself, with their trace.
      throw new ExecutionException(
          parsed.commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** An estimate writes nothing. */
  private static void makeOptional(String option, CommandSpec command) {
    OptionSpec required = command.findOption(option);
    command.remove(required);
    command.addOption(OptionSpec.builder(required).required(false).build());
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
