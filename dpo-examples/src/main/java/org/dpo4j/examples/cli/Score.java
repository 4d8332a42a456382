package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.data.FileData;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Log-probs and implicit rewards of pairs, a JSON object a line. */
@Command(
    name = "score",
    description = {
      "Log-probs and implicit rewards of pairs, a JSON object a line: id, chosen_logp, rejected_logp,",
      "reference_chosen_logp, reference_rejected_logp, chosen_reward, rejected_reward, chosen_tokens, rejected_tokens."
    })
final class Score implements Callable<Integer>, Checked {

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Mixin private RewardOptions rewards;

  @Mixin private DataOptions data;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "N",
      description = "Pairs computed at a time (${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the lines go; standard output by default.")
  private Optional<Path> out;

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    out.ifPresent(WhereTo::requireFile);
  }

  @Override
  public void requireInputs() {
    rewards.requireFolders(model.model);
  }

  @Override
  public Integer call() throws IOException {
    try (FileData<PreferenceDataset> read = data.files().pairs();
        LanguageModel loaded = model.load(texts.tokenization(data))) {
      TokenScorer policy = rewards.policy(loaded);
      try (RewardOptions opened = rewards) {
        TokenScorer held = opened.reference(loaded, model);
        if (out.isEmpty()) {
          score(read.dataset(), loaded, policy, held, spec.commandLine().getOut());
        } else {
          try (PrintWriter file =
              Results.on(
                  Files.newBufferedWriter(out.get(), StandardCharsets.UTF_8),
                  out.get().toString())) {
            score(read.dataset(), loaded, policy, held, file);
          }
        }
      }
    }
    return 0;
  }

  private void score(
      PreferenceDataset pairs,
      LanguageModel loaded,
      TokenScorer policy,
      TokenScorer held,
      PrintWriter to) {
    int cutEarly = 0;
    CountLine progress = CountLine.of("pairs scored", pairs.size(), spec.commandLine().getErr());
    for (int from = 0; from < pairs.size(); from += batchSize) {
      List<PreferencePair> batch = new ArrayList<>();
      List<PromptGroup> groups = new ArrayList<>();
      for (int i = from; i < Math.min(pairs.size(), from + batchSize); i++) {
        batch.add(pairs.get(i));
        Tokenized tokenized = Example.of(pairs.get(i)).tokenize(loaded.tokenizer());
        cutEarly += tokenized.cutEarly() ? 1 : 0;
        groups.add(tokenized.group());
      }
      TokenValues policyLogProbs = policy.logProbs(groups);
      TokenValues heldLogProbs = held.logProbs(groups);
      for (int i = 0; i < batch.size(); i++) {
        to.println(line(batch.get(i), groups.get(i), policyLogProbs, heldLogProbs, 2 * i));
      }
      progress.done(from + batch.size());
    }
    if (cutEarly > 0) {
      spec.commandLine().getErr().println(Example.cutEarly(cutEarly, pairs.size()));
    }
  }

  private JsonObject line(
      PreferencePair pair, PromptGroup group, TokenValues policy, TokenValues held, int row) {
    JsonObject line = new JsonObject();
    line.addProperty("id", pair.id());
    List<String> sides = ImmutableList.of("chosen", "rejected");
    for (int i = 0; i < 2; i++) {
      add(line, sides.get(i) + "_logp", policy.sum(row + i));
    }
    for (int i = 0; i < 2; i++) {
      add(line, "reference_" + sides.get(i) + "_logp", held.sum(row + i));
    }
    for (int i = 0; i < 2; i++) {
      add(line, sides.get(i) + "_reward", rewards.beta * (policy.sum(row + i) - held.sum(row + i)));
    }
    for (int i = 0; i < 2; i++) {
      line.addProperty(sides.get(i) + "_tokens", group.completions().get(i).length());
    }
    return line;
  }

  /** JSON has no other numbers. */
  private static void add(JsonObject line, String field, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "pair '%s': %s is %s, which is no number; the weights of the model or of the reference"
                  + " may be damaged",
              Shown.text(line.get("id").getAsString()),
              field,
              value));
    }
    line.addProperty(field, value);
  }
}
