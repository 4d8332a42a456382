package org.dpo4j.examples.cli;

import com.google.common.io.Resources;
import com.google.gson.JsonObject;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.probe.Probe;
import org.dpo4j.api.probe.ProbeFiles;
import org.dpo4j.api.probe.ProbeReport;
import org.dpo4j.api.probe.ProbeResult;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether training changed behaviour that it should not. */
@Command(
    name = "probe",
    description = {
      "Asks a policy before and after training what it should refuse, answer or put in a format, and says what",
      "changed. Exit code 3 if a category fell by more than --max-drop."
    })
final class ProbeBehaviour implements Callable<Integer>, Checked {

  /** The gate is closed. */
  private static final int FELL = 3;

  private static final String OWN = "probes.jsonl";

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Option(names = "--after", required = true, paramLabel = "POLICY", description = PolicyName.FORMS)
  private String after;

  @Option(
      names = "--before",
      defaultValue = "base",
      paramLabel = "POLICY",
      description = "The policy before training, likewise (${DEFAULT-VALUE}).")
  private String before;

  @Option(
      names = "--probes",
      paramLabel = "FILE",
      description =
          "JSON lines with category, prompt, expect (refuses, does not refuse, matches, keeps) and pattern or format; by default 48 that come with this.")
  private Optional<Path> probes;

  @Option(
      names = "--raw",
      description =
          "Take prompts as they are, as for a model without a chat template; otherwise a text is what a user says.")
  private boolean raw;

  @Option(
      names = "--max-drop",
      defaultValue = "0",
      paramLabel = "SHARE",
      description = "By how much the share of a category may fall (${DEFAULT-VALUE}).")
  private double maxDrop;

  @Option(
      names = "--max-tokens",
      defaultValue = "128",
      paramLabel = "N",
      description = "The most tokens of an answer (${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Answers of both, a JSON object a line.")
  private Optional<Path> out;

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    PolicyName.requireForm("--before", before);
    PolicyName.requireForm("--after", after);
    out.ifPresent(WhereTo::requireFile);
  }

  @Override
  public void requireInputs() {
    ModelFolder.requireNamed("--before", model.model, before);
    ModelFolder.requireNamed("--after", model.model, after);
  }

  @Override
  public Integer call() throws IOException {
    List<Probe> read = read();
    // What is likeliest: two runs over the same policies agree.
    Sampling sampling = Sampling.greedy().maxTokens(maxTokens);
    ProbeReport report;
    try (LanguageModel loaded = model.load(texts.tokenization());
        PolicyName nameBefore = new PolicyName("--before", before);
        PolicyName nameAfter = new PolicyName("--after", after)) {
      report =
          ProbeReport.of(
              read,
              nameBefore.answerer(loaded, model, sampling),
              nameAfter.answerer(loaded, model, sampling),
              0);
    }
    if (out.isPresent()) {
      Files.write(out.get(), report.results().stream().map(ProbeBehaviour::line).toList());
    }
    PrintWriter printed = spec.commandLine().getOut();
    printed.println(report);
    List<ProbeReport.Category> fallen = report.fallen(maxDrop);
    for (ProbeReport.Category category : fallen) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "dpo: '%s' fell by %.0f points, more than --max-drop %s allows%n",
              category.name(),
              -100 * category.change().value(),
              maxDrop);
    }
    return fallen.isEmpty() ? 0 : FELL;
  }

  private List<Probe> read() throws IOException {
    List<String> lines =
        probes.isPresent()
            ? Files.readAllLines(probes.get())
            : Resources.readLines(
                Resources.getResource(ProbeBehaviour.class, OWN), StandardCharsets.UTF_8);
    return ProbeFiles.read(
            probes.map(Path::toString).orElse(OWN),
            lines,
            pattern -> {
              Pattern compiled = JudgeOptions.pattern("pattern", pattern);
              return answer -> compiled.matcher(answer).find();
            })
        .stream()
        .map(
            probe ->
                new Probe(
                    probe.category(),
                    PromptOptions.asked(probe.prompt(), raw),
                    probe.expectation()))
        .toList();
  }

  private static String line(ProbeResult result) {
    JsonObject line = new JsonObject();
    line.addProperty("id", result.probe().prompt().id());
    line.addProperty("category", result.probe().category());
    line.addProperty("before", result.before());
    line.addProperty("passed_before", result.passedBefore());
    line.addProperty("after", result.after());
    line.addProperty("passed_after", result.passedAfter());
    return line.toString();
  }
}
