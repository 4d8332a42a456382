package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dpo4j.api.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws a run again. */
@Command(
    name = "report",
    description = "Draws report.html of a run, whether it has ended or not, and says where it is.")
final class Report implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "The run's directory.")
  private Path directory;

  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(RunReport.write(directory));
    return 0;
  }
}
