package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dpo4j.api.compare.Comparison;
import org.dpo4j.api.compare.ComparisonReport;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How often one policy answers better than another. */
@Command(
    name = "compare",
    description = {
      "Lets two policies answer the same prompts and a judge decide. Each verdict becomes a line of --out;",
      "called again, the comparison goes on after the last one."
    })
final class Compare implements Callable<Integer>, Checked {

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Option(names = "--a", required = true, paramLabel = "POLICY", description = PolicyName.FORMS)
  private String a;

  @Option(
      names = "--b",
      defaultValue = "base",
      paramLabel = "POLICY",
      description = "What it is compared with, likewise (${DEFAULT-VALUE}).")
  private String b;

  @Mixin private JudgeOptions judge;

  @Mixin private PromptOptions prompts;

  @Mixin private GenerationOptions generation;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Answers and verdicts, a JSON object a line.")
  private Path out;

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    PolicyName.requireForm("--a", a);
    PolicyName.requireForm("--b", b);
    WhereTo.requireFile(out);
  }

  @Override
  public void requireInputs() {
    ModelFolder.requireNamed("--a", model.model, a);
    ModelFolder.requireNamed("--b", model.model, b);
    judge.requireFolders(model.model);
  }

  @Override
  public Integer call() {
    List<Prompt> asked = prompts.prompts();
    Sampling sampling = generation.sampling();
    try (LanguageModel loaded = model.load(texts.tokenization());
        PolicyName nameA = new PolicyName("--a", a);
        PolicyName nameB = new PolicyName("--b", b)) {
      ComparisonReport report =
          Comparison.of(
                  nameA.toString(),
                  nameA.answerer(loaded, model, sampling),
                  nameB.toString(),
                  nameB.answerer(loaded, model, sampling),
                  judge.judge(loaded))
              .run(asked, out, generation.seed);
      spec.commandLine().getOut().println(report);
    }
    return 0;
  }
}
