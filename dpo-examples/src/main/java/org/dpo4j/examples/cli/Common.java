package org.dpo4j.examples.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every command takes. Read before (the file) and after (the trace) a command runs. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, usageHelpAutoWidth = true)
final class Common {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML with these options, named without the dashes.")
  Path config;

  @Option(names = "--debug", description = "Print where an error came from.")
  boolean debug;
}
