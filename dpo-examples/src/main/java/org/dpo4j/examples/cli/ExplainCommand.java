package org.dpo4j.examples.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The same as {@code --help}, for those who ask first. */
@Command(name = "help", description = "Explains a command, as its --help does.")
final class ExplainCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "Which one; all by default.")
  private Optional<String> command = Optional.empty();

  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine all = spec.parent().commandLine();
    CommandLine asked = command.map(all.getSubcommands()::get).orElse(all);
    if (command.isPresent() && asked == all) {
      throw new ParameterException(
          spec.commandLine(), "there is no command '" + command.get() + "'; dpo --help lists them");
    }
    asked.usage(all.getOut());
    return 0;
  }
}
