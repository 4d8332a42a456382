package org.dpo4j.examples.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.Contribution;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.api.reward.RankedCandidate;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.api.reward.RewardedCompletion;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.torch.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The best of several answers by the reward inside the policy. */
@Command(
    name = "best-of",
    description = {
      "Draws several answers to each prompt, or takes given ones, and ranks them by the implicit reward,",
      "or by a reward model.",
      "With --json an object a line, the best of a prompt first: id, rank, index, reward, tokens, text."
    })
final class BestOf implements Callable<Integer>, Checked {

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Mixin private RewardOptions rewards;

  @Option(
      names = "--reward-model",
      paramLabel = "DIR",
      description =
          "Rank by this reward model, from dpo reward-model, in place of the implicit reward.")
  private Optional<Path> rewardModel = Optional.empty();

  @Mixin private PromptOptions prompts;

  @Mixin private GenerationOptions generation;

  @Option(
      names = {"-n", "--candidates"},
      defaultValue = "8",
      paramLabel = "N",
      description = "How many answers are drawn (${DEFAULT-VALUE}).")
  private int n;

  @Option(
      names = "--from-reference",
      description = "Draw from the model without the adapter, not from the policy.")
  private boolean fromReference;

  @Option(
      names = "--candidate",
      paramLabel = "TEXT",
      description = "Rank this instead of drawing; to be repeated.")
  private List<String> given = List.of();

  @Option(names = "--words", description = "Show what each word of the best adds to its reward.")
  private boolean words;

  @Option(names = "--json", description = "Print an object a line.")
  private boolean json;

  private @Spec CommandSpec spec;

  @Override
  public void requireInputs() {
    rewards.requireFolders(model.model);
    rewardModel.ifPresent(folder -> ModelFolder.requireRewardModel("--reward-model", folder));
  }

  @Override
  public Integer call() {
    List<Prompt> asked = prompts.prompts();
    PrintWriter out = spec.commandLine().getOut();
    try (LanguageModel loaded = model.load(texts.tokenization());
        RewardOptions opened = rewards) {
      Reward reward = reward(loaded, opened);
      BestOfN best =
          BestOfN.of(
              (fromReference ? loaded.generator() : opened.generator(loaded))
                  .candidates(generation.sampling()),
              reward,
              n);
      long seed = generation.seed;
      for (Prompt prompt : asked) {
        Choice choice =
            given.isEmpty()
                ? best.choose(prompt.text(), seed++)
                : BestOfN.rank(given(prompt, loaded.tokenizer()), reward);
        if (json) {
          printLines(prompt, choice, out);
        } else {
          print(prompt, choice, out);
          if (words && reward instanceof ImplicitRewardModel implicit) {
            printWords(choice, implicit, loaded.tokenizer(), out);
          }
        }
      }
    }
    return 0;
  }

  private Reward reward(LanguageModel loaded, RewardOptions opened) {
    if (rewardModel.isEmpty()) {
      return opened.rewards(loaded, model);
    }
    TokenScorer unused = opened.policy(loaded); // its generator draws the answers
    return loaded.loadRewardModel(rewardModel.get());
  }

  private Candidates given(Prompt prompt, Tokenizer tokenizer) {
    Candidates texts = Candidates.of(prompt.text(), given);
    return Candidates.of(prompt.text(), given, texts.tokens(tokenizer));
  }

  private static void printLines(Prompt prompt, Choice choice, PrintWriter out) {
    for (int i = 0; i < choice.ranked().size(); i++) {
      RankedCandidate candidate = choice.ranked().get(i);
      JsonObject line = new JsonObject();
      line.addProperty("id", prompt.id());
      line.addProperty("rank", i + 1);
      line.addProperty("index", candidate.index());
      line.addProperty("reward", candidate.reward());
      line.addProperty("tokens", candidate.tokens());
      line.addProperty("text", candidate.text());
      out.println(line);
    }
  }

  private static void print(Prompt prompt, Choice choice, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %d candidates, %d tokens, drawn in %s, ranked in %s%n",
        prompt.id(),
        choice.ranked().size(),
        choice.tokens(),
        seconds(choice.drawing()),
        seconds(choice.ranking()));
    for (RankedCandidate candidate : choice.ranked()) {
      out.printf(
          Locale.ROOT,
          "  %+8.3f  %s%n",
          candidate.reward(),
          candidate.text().strip().replace("\n", "⏎"));
    }
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1e3);
  }

  private static void printWords(
      Choice choice, ImplicitRewardModel reward, Tokenizer tokenizer, PrintWriter out) {
    RewardedCompletion best =
        reward.score(choice.candidates().tokens(tokenizer)).get(choice.best().index());
    for (Contribution word : reward.words(best)) {
      out.printf(
          Locale.ROOT,
          "    %+8.3f  %s%n",
          word.reward(),
          word.text().isEmpty() ? "(end)" : word.text().strip().replace("\n", "⏎"));
    }
  }
}
