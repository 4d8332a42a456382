package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.api.data.PromptFiles;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import picocli.CommandLine.Option;

/** What is to be answered. */
final class PromptOptions implements Checked {

  @Option(names = "--prompt", paramLabel = "TEXT", description = "One prompt.")
  Optional<String> prompt = Optional.empty();

  @Option(
      names = "--data",
      split = PathNames.COMMA,
      converter = PathNames.class,
      paramLabel = "FILE",
      description =
          "Or files of records with a 'prompt', a text or messages; a file of pairs will do.")
  List<Path> data = List.of();

  @Option(
      names = "--raw",
      description =
          "Take texts as they are, as for a model without a chat template; otherwise a text is what a user says.")
  boolean raw;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Only the first prompts of --data; all by default.")
  Optional<Integer> limit = Optional.empty();

  @Override
  public void check() {
    if (prompt.isPresent() != data.isEmpty()) {
      throw new IllegalArgumentException("one of --prompt and --data is needed");
    }
  }

  ImmutableList<Prompt> prompts() {
    ImmutableList<Prompt> read =
        prompt
            .map(text -> ImmutableList.of(new Prompt("prompt", Text.of(text))))
            .orElseGet(() -> PromptFiles.read(data));
    return read.stream()
        .limit(limit.orElse(read.size()))
        .map(one -> asked(one, raw))
        .collect(ImmutableList.toImmutableList());
  }

  /** A prompt as the model is to see it. */
  static Prompt asked(Prompt prompt, boolean raw) {
    return !raw && prompt.text() instanceof Text.Plain plain
        ? new Prompt(prompt.id(), Text.of(List.of(Message.user(plain.text()))))
        : prompt;
  }
}
