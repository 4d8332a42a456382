package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.dpo4j.api.report.RunReport;
import org.dpo4j.api.report.Sample;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.Generation;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.Sampling;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Option;

/** What the policy answers before and after training, for the report. */
final class SampleOptions {

  private static final int MAX_TOKENS = 64;

  @Option(
      names = "--samples",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "Prompts that the policy answers before and after, for the report; held-out ones if there are some (${DEFAULT-VALUE}).")
  int count;

  /** Prompts with their answers. */
  record Samples(List<Text> prompts, List<String> answers) {}

  /** Answers the first prompts that the model takes, always with the likeliest token. */
  Samples before(TorchPolicy policy, List<Text> prompts) {
    Generator generator = policy.generator();
    List<Text> first = prompts.stream().distinct().filter(generator::takes).limit(count).toList();
    return new Samples(first, answers(generator, first));
  }

  private static List<String> answers(Generator generator, List<Text> prompts) {
    return prompts.isEmpty()
        ? List.of()
        : generator.generate(prompts, Sampling.greedy().maxTokens(MAX_TOKENS)).stream()
            .map(Generation::text)
            .collect(ImmutableList.toImmutableList());
  }

  /** Answers again, and puts both into the run's report. */
  static void after(Samples before, TorchPolicy policy, Path run) {
    List<String> after = answers(policy.generator(), before.prompts());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      String prompt = shown(before.prompts().get(i));
      samples.add(new Sample("before", prompt, before.answers().get(i)));
      samples.add(new Sample("after", prompt, after.get(i)));
    }
    RunReport.write(run, samples);
  }

  /** Text or a chat, for a person. */
  static String shown(Text text) {
    return text instanceof Text.Chat chat
        ? chat.messages().stream()
            .map(SampleOptions::shown)
            .collect(Collectors.joining("\n", beside(chat), ""))
        : ((Text.Plain) text).text();
  }

  private static String shown(Message message) {
    StringBuilder line = new StringBuilder("[" + message.role() + "] ");
    message
        .reasoning()
        .ifPresent(reasoning -> line.append("{thinks: ").append(reasoning).append("} "));
    line.append(message.content());
    message
        .fields()
        .forEach(
            (name, json) -> line.append(" {").append(name).append(": ").append(json).append('}'));
    return line.toString();
  }

  /** What a chat's template is told beside its messages. */
  private static String beside(Text.Chat chat) {
    StringBuilder lines = new StringBuilder();
    chat.tools().ifPresent(tools -> lines.append("{tools: ").append(tools).append("}\n"));
    chat.arguments()
        .forEach(
            (name, json) -> lines.append('{').append(name).append(": ").append(json).append("}\n"));
    return lines.toString();
  }
}
