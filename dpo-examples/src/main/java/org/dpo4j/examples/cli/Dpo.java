package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0, done; 1, failed; 2, called the wrong way; 3, a gate is closed.
 */
@Command(
    name = "dpo",
    scope = ScopeType.INHERIT,
    description = {
      "Teaches a language model from preferences.",
      "",
      "Exit codes: 0, done; 1, failed; 2, called the wrong way; 3, a gate is closed (probe); 130, interrupted."
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
      AutoComplete.GenerateCompletion.class
    })
public final class Dpo implements Callable<Integer> {

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "YAML with options of the command: 'batch-size: 8' for --batch-size 8.")
  @SuppressWarnings("UnusedVariable") // read before anything is parsed
  private Path config;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print where an error came from.")
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
    System.exit(
        run(
            arguments,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }

  /** Runs a command; what it prints goes to the writers. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line =
        commandLine()
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionStrategy(Dpo::checked)
            .setParameterExceptionHandler(Failure::ofUsage)
            .setExecutionExceptionHandler(Failure::ofCommand);
    makeOptional(
        "--out", Objects.requireNonNull(line.getSubcommands().get("estimate")).getCommandSpec());
    try {
      ConfigFile.namedIn(arguments).ifPresent(file -> file.applyTo(line, arguments));
    } catch (IllegalArgumentException e) {
      return Failure.ofUsage(line, e);
    }
    return line.execute(arguments);
  }

  /** All commands with their options. */
  static CommandLine commandLine() {
    return new CommandLine(new Dpo());
  }

  private static int checked(ParseResult parsed) {
    OptionRules.check(parsed);
    return new CommandLine.RunLast().execute(parsed);
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
