package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.generation.TokenChoice;

/**
 * How text is generated. By default tokens are drawn from the model's own distribution.
 *
 * <pre>{@code
 * Sampling.defaults().temperature(0.7).topP(0.9).maxTokens(512).samples(4)
 * }</pre>
 *
 * <p>What restricts the choice applies in the order of transformers: repetition penalty,
 * temperature, top-k, top-p, min-p.
 *
 * @param maxTokens the most tokens of a continuation, ≥ 1; 256 by default. It also ends where the
 *     model takes no more
 * @param temperature logits are divided by it, ≥ 0; 1 by default; 0 always takes the likeliest
 *     token
 * @param topK only the k likeliest tokens may be drawn; 0, the default, for all
 * @param topP only the likeliest tokens whose probabilities add up to p may be drawn, in (0, 1]; 1,
 *     the default, for all
 * @param minP only tokens at least m times as likely as the likeliest may be drawn, in [0, 1]; 0,
 *     the default, for all
 * @param repetitionPenalty makes tokens of the prompt and of the text so far less likely if &gt; 1;
 *     &gt; 0; 1, the default, changes nothing
 * @param stops texts that end a continuation and are no part of it; none by default
 * @param stopIds token ids that end a continuation and are no part of its text; none by default
 * @param endsAtEos whether the model's own tokens that end a text end a continuation; true by
 *     default
 * @param seed of what is drawn; 42 by default
 * @param samples continuations of each prompt, ≥ 1; 1 by default
 */
public record Sampling(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    ImmutableList<String> stops,
    ImmutableSet<Integer> stopIds,
    boolean endsAtEos,
    long seed,
    int samples) {

  /** Checks the ranges. */
  public Sampling {
    Check.atLeastOne("maxTokens", maxTokens);
    Check.nonNegative("temperature", temperature);
    Check.that(topK >= 0, "topK must be ≥ 0 (0 for all tokens), got %d", topK);
    Check.that(topP > 0 && topP <= 1, "topP must be in (0, 1], got %s", topP);
    Check.that(minP >= 0 && minP <= 1, "minP must be in [0, 1], got %s", minP);
    Check.positive("repetitionPenalty", repetitionPenalty);
    Check.that(!stops.contains(""), "stops must not hold an empty text, got %s", stops);
    Check.that(stopIds.stream().allMatch(id -> id >= 0), "stopIds must be ≥ 0, got %s", stopIds);
    Check.atLeastOne("samples", samples);
    Check.that(
        temperature > 0 || samples == 1,
        "samples must be 1 where temperature is 0, since all would be the same, got %d",
        samples);
  }

  /**
   * Draws from the model's distribution, one continuation of at most 256 tokens.
   *
   * @return the defaults
   */
  public static Sampling defaults() {
    return new Sampling(
        256, 1.0, 0, 1.0, 0.0, 1.0, ImmutableList.of(), ImmutableSet.of(), true, 42L, 1);
  }

  /**
   * Always takes the likeliest token.
   *
   * @return the defaults at temperature 0
   */
  public static Sampling greedy() {
    return defaults().temperature(0);
  }

  /**
   * With another length.
   *
   * @param newMaxTokens the most tokens of a continuation, ≥ 1
   * @return the changed settings
   */
  public Sampling maxTokens(int newMaxTokens) {
    return new Sampling(
        newMaxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * At another temperature.
   *
   * @param newTemperature logits are divided by it, ≥ 0; 0 takes the likeliest token
   * @return the changed settings
   */
  public Sampling temperature(double newTemperature) {
    return new Sampling(
        maxTokens,
        newTemperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * From the k likeliest tokens only.
   *
   * @param newTopK k ≥ 0; 0 for all
   * @return the changed settings
   */
  public Sampling topK(int newTopK) {
    return new Sampling(
        maxTokens,
        temperature,
        newTopK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * From the likeliest tokens whose probabilities add up to p only.
   *
   * @param newTopP p in (0, 1]; 1 for all
   * @return the changed settings
   */
  public Sampling topP(double newTopP) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        newTopP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * From tokens at least m times as likely as the likeliest only.
   *
   * @param newMinP m in [0, 1]; 0 for all
   * @return the changed settings
   */
  public Sampling minP(double newMinP) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        newMinP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * With tokens that were there already made less likely, or more.
   *
   * @param newRepetitionPenalty &gt; 0; above 1 less likely
   * @return the changed settings
   */
  public Sampling repetitionPenalty(double newRepetitionPenalty) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        newRepetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * Ending at texts.
   *
   * @param newStops none of them empty
   * @return the changed settings
   */
  public Sampling stops(String... newStops) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        ImmutableList.copyOf(newStops),
        stopIds,
        endsAtEos,
        seed,
        samples);
  }

  /**
   * Ending at tokens.
   *
   * @param newStopIds their ids, ≥ 0
   * @return the changed settings
   */
  public Sampling stopIds(int... newStopIds) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        Arrays.stream(newStopIds).boxed().collect(ImmutableSet.toImmutableSet()),
        endsAtEos,
        seed,
        samples);
  }

  /**
   * Ending, or not, where the model ends a text.
   *
   * @param newEndsAtEos whether the model's own tokens that end a text end a continuation
   * @return the changed settings
   */
  public Sampling endsAtEos(boolean newEndsAtEos) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        newEndsAtEos,
        seed,
        samples);
  }

  /**
   * With other draws.
   *
   * @param newSeed the same seed gives the same text
   * @return the changed settings
   */
  public Sampling seed(long newSeed) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        newSeed,
        samples);
  }

  /**
   * With another number of continuations of each prompt.
   *
   * @param newSamples ≥ 1
   * @return the changed settings
   */
  public Sampling samples(int newSamples) {
    return new Sampling(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stops,
        stopIds,
        endsAtEos,
        seed,
        newSamples);
  }

  TokenChoice choice() {
    return new TokenChoice(temperature, topK, topP, minP, repetitionPenalty);
  }
}
