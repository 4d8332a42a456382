package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpo4j.api.LossParameter;
import org.dpo4j.api.Losses;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can stand after {@code --loss}. */
@Command(name = "losses", description = "Lists the losses with their parameters.")
final class ListLosses implements Callable<Integer> {

  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (String name : Losses.names()) {
      out.println(name);
      for (LossParameter parameter : Losses.parameters(name)) {
        out.printf(
            Locale.ROOT,
            "  %s%s: %s%n",
            parameter.name(),
            parameter.fallback().map(value -> "=" + value).orElse(""),
            parameter.meaning());
      }
    }
    return 0;
  }
}
