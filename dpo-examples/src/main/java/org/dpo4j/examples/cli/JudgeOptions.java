package org.dpo4j.examples.cli;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.api.compare.HttpJudge;
import org.dpo4j.api.compare.Judge;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.RewardModel;
import picocli.CommandLine.Option;

/** Who says which answer is better. */
final class JudgeOptions implements Checked {

  private static final String KEY = "DPO_JUDGE_KEY";
  private static final String ADAPTER = "judge";
  private static final String IMPLICIT = "implicit:";
  private static final String OF_MODEL = "reward-model:";

  @Option(
      names = "--judge",
      required = true,
      paramLabel = "WHO",
      description = {
        "implicit:ADAPTER, the reward inside that adapter; reward-model:DIR; pattern:RE2, which an answer should",
        "match as often as it can; or the address of an OpenAI-compatible API, such as http://localhost:8000/v1 (its key is",
        "taken from the environment's DPO_JUDGE_KEY)."
      })
  String who;

  @Option(
      names = "--judge-model",
      paramLabel = "NAME",
      description = "The model that an API judges with.")
  Optional<String> name = Optional.empty();

  @Option(
      names = "--criterion",
      paramLabel = "TEXT",
      description = "What an API is told makes an answer better.")
  Optional<String> criterion = Optional.empty();

  @Override
  public void check() {
    if (!who.startsWith(IMPLICIT) && !who.startsWith(OF_MODEL)) {
      Judge unused = ofNoModel();
    }
  }

  /** Refuses folders that hold no adapter or reward model. */
  void requireFolders(Path model) {
    if (who.startsWith(IMPLICIT)) {
      ModelFolder.requireAdapter("--judge", model, Path.of(who.substring(IMPLICIT.length())));
    } else if (who.startsWith(OF_MODEL)) {
      ModelFolder.requireRewardModel("--judge", Path.of(who.substring(OF_MODEL.length())));
    }
  }

  Judge judge(LanguageModel model) {
    if (who.startsWith(IMPLICIT)) {
      model.loadAdapter(ADAPTER, Path.of(who.substring(IMPLICIT.length())));
      // β scales all rewards alike, and only their order counts here.
      ImplicitRewardModel rewards =
          ImplicitRewardModel.of(
              model.adapter(ADAPTER).orElseThrow(), model.base(), model.tokenizer(), 1);
      return Judge.reward(who, candidates -> rewards.of(spaced(candidates)), 0);
    }
    if (who.startsWith(OF_MODEL)) {
      RewardModel rewards = model.loadRewardModel(Path.of(who.substring(OF_MODEL.length())));
      return Judge.reward(who, candidates -> rewards.of(spaced(candidates)), 0);
    }
    return ofNoModel();
  }

  private Judge ofNoModel() {
    if (who.startsWith("pattern:")) {
      Pattern pattern = pattern("--judge", who.substring("pattern:".length()));
      return Judge.function(who, (prompt, answer) -> count(pattern, answer));
    }
    if (!who.startsWith("http://") && !who.startsWith("https://")) {
      // Not shown: it may be an address with a key in it.
      throw new IllegalArgumentException(
          "--judge must be implicit:ADAPTER, reward-model:DIR, pattern:RE2 or an http address");
    }
    HttpJudge judge =
        HttpJudge.at(
            address(),
            name.filter(text -> !text.isBlank())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException("--judge at an address needs --judge-model")));
    String key = System.getenv(KEY);
    judge = key == null ? judge : withKey(judge, key);
    return criterion.isPresent() ? judge.criterion(criterion.get()) : judge;
  }

  private URI address() {
    URI address;
    try {
      address = new URI(who);
    } catch (URISyntaxException e) {
      // Its message has the whole address.
      throw new IllegalArgumentException(
          "--judge must be a valid address, but it has what no address may have at character "
              + (e.getIndex() + 1));
    }
    if (address.getHost() == null || address.getUserInfo() != null) {
      // Not shown: what stands before the host may be a password.
      throw new IllegalArgumentException(
          "--judge must be an address with a host and without a user; the key goes into " + KEY);
    }
    return address;
  }

  private static HttpJudge withKey(HttpJudge judge, String key) {
    try {
      return judge.apiKey(key);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(KEY + ": " + e.getMessage(), e);
    }
  }

  /** Some tokenizers drop the space that an answer to a plain prompt begins with. */
  private static Candidates spaced(Candidates candidates) {
    return candidates.prompt() instanceof Text.Chat
        ? candidates
        : Candidates.of(
            candidates.prompt(),
            candidates.texts().stream()
                .map(
                    text ->
                        text.isEmpty() || Character.isWhitespace(text.charAt(0))
                            ? text
                            : " " + text)
                .toList());
  }

  private static int count(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  /** A pattern that is matched in linear time. */
  static Pattern pattern(String option, String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          option + ": a pattern must be RE2's, got '" + pattern + "': " + e.getDescription(), e);
    }
  }
}
