package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0, done; 1, failed; 2, called the wrong way. */
@Command(
    name = "dpo",
    description = "Teaches a language model from preferences.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Train.class,
      Sft.class,
      Score.class,
      Inspect.class,
      Merge.class,
      Report.class,
      ListLosses.class,
      AutoComplete.GenerateCompletion.class
    },
    footer = {
      "",
      "Any command's options can stand in a YAML file: --config FILE, with 'batch-size: 8' for --batch-size 8.",
      "Exit codes: 0 done, 1 failed, 2 called the wrong way."
    })
public final class Dpo implements Callable<Integer> {

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
        new CommandLine(new Dpo())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler(Failure::ofUsage)
            .setExecutionExceptionHandler(Failure::ofCommand);
    try {
      ConfigFile.namedIn(arguments).ifPresent(file -> file.applyTo(line, arguments));
    } catch (IllegalArgumentException e) {
      return Failure.ofUsage(line, e);
    }
    return line.execute(arguments);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
