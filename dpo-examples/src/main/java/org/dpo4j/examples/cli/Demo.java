package org.dpo4j.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.examples.demo.BestOfExperiment;
import org.dpo4j.examples.demo.SentimentDemo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what DPO does, with nothing from elsewhere. */
@Command(
    name = "demo",
    description = {
      "Controlled sentiment in miniature: a small decoder learns to write film reviews, and from",
      "preferences to like films. Needs no model, no data and no network; a minute or so."
    })
final class Demo implements Callable<Integer>, Checked {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "A new directory for the model, the pairs and the run; dpo-demo by default, or dpo-demo-2 …")
  private Optional<Path> out;

  @Option(
      names = "--best-of",
      description =
          "Afterwards, measure what the best of 1, 4, 8 and 16 gains by the implicit reward: a table and best-of-n.svg.")
  private boolean bestOf;

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    out.ifPresent(
        directory -> {
          if (Files.exists(directory)) {
            throw new IllegalArgumentException("--out must be a new directory, got " + directory);
          }
        });
    WhereTo.requireDirectory(out.orElseGet(Demo::free));
  }

  @Override
  public Integer call() throws IOException {
    Path directory = out.orElseGet(Demo::free);
    PrintWriter err = spec.commandLine().getErr();
    new SentimentDemo(directory, () -> ProgressLine.on(err), spec.commandLine().getOut()).run();
    if (bestOf) {
      new BestOfExperiment(directory, spec.commandLine().getOut()).run();
    }
    return 0;
  }

  private static Path free() {
    Path directory = Path.of("dpo-demo");
    for (int i = 2; Files.exists(directory); i++) {
      directory = Path.of("dpo-demo-" + i);
    }
    return directory;
  }
}
