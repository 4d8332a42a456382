package org.dpo4j.api.monitor;

import org.dpo4j.core.math.Check;

/**
 * When alarms are raised. The defaults are rules of thumb: of runs of LoRA adapters and of whole
 * small models, they leave the healthy ones alone.
 *
 * @param window steps over which metrics are averaged and slopes taken, ≥ 3; 20 by default
 * @param patience steps after which a run is expected to have learnt something, ≥ 1; 50 by default
 * @param fewExamples fewer examples than this are few, ≥ 0; 5,000 by default
 * @param truncatedShare the share of truncated prompts beyond which most of the data is cut, in [0,
 *     1]; 0.5 by default
 * @param satisfiedAccuracy the share of pairs that the reference has in the right order, per token,
 *     from which there is little to learn, in [0, 1]; 0.85 by default
 * @param chosenFall by how many nats the chosen completions become less likely over the window, or
 *     held-out ones since the start, &gt; 0; 1 by default
 * @param chanceAccuracy the accuracy up to which pairs are guessed, in [0, 1]; 0.55 by default
 * @param saturatedMargin the mean margin, in units of reward, from which pairs of which 99 % are in
 *     order are more than learnt, &gt; 0; 5 by default
 * @param minGradientWeight the mean gradient weight below which nothing pulls, ≥ 0; 0.02 by default
 * @param maxReward the mean implicit reward, of either sign, beyond which rewards explode, &gt; 0;
 *     20 by default
 * @param maxDrift the mean drift from the reference on chosen completions ({@code kl/chosen}),
 *     nats, beyond which they do, &gt; 0; 100 by default
 * @param minLossChange by which share of itself the loss must have changed after {@code patience}
 *     steps, ≥ 0; 0.005 by default. Where the window's mean is less certain than that, because
 *     batches differ, the loss is not judged
 */
public record Thresholds(
    int window,
    int patience,
    int fewExamples,
    double truncatedShare,
    double satisfiedAccuracy,
    double chosenFall,
    double chanceAccuracy,
    double saturatedMargin,
    double minGradientWeight,
    double maxReward,
    double maxDrift,
    double minLossChange) {

  /** Checks the ranges. */
  public Thresholds {
    Check.that(window >= 3, "window must be ≥ 3, got %d", window);
    Check.atLeastOne("patience", patience);
    Check.that(fewExamples >= 0, "fewExamples must be ≥ 0, got %d", fewExamples);
    share("truncatedShare", truncatedShare);
    share("satisfiedAccuracy", satisfiedAccuracy);
    Check.positive("chosenFall", chosenFall);
    share("chanceAccuracy", chanceAccuracy);
    Check.positive("saturatedMargin", saturatedMargin);
    Check.nonNegative("minGradientWeight", minGradientWeight);
    Check.positive("maxReward", maxReward);
    Check.positive("maxDrift", maxDrift);
    Check.nonNegative("minLossChange", minLossChange);
  }

  private static void share(String name, double value) {
    Check.that(value >= 0 && value <= 1, "%s must be in [0, 1], got %s", name, value);
  }

  /**
   * The thresholds of a run that says nothing else.
   *
   * @return the defaults
   */
  public static Thresholds defaults() {
    return new Thresholds(20, 50, 5_000, 0.5, 0.85, 1.0, 0.55, 5.0, 0.02, 20.0, 100.0, 0.005);
  }

  /**
   * With another {@link #window()}.
   *
   * @param newWindow ≥ 3
   * @return the changed copy
   */
  public Thresholds window(int newWindow) {
    return new Thresholds(
        newWindow,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #patience()}.
   *
   * @param newPatience ≥ 1
   * @return the changed copy
   */
  public Thresholds patience(int newPatience) {
    return new Thresholds(
        window,
        newPatience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #fewExamples()}.
   *
   * @param newFewExamples ≥ 0
   * @return the changed copy
   */
  public Thresholds fewExamples(int newFewExamples) {
    return new Thresholds(
        window,
        patience,
        newFewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #truncatedShare()}.
   *
   * @param newTruncatedShare in [0, 1]
   * @return the changed copy
   */
  public Thresholds truncatedShare(double newTruncatedShare) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        newTruncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #satisfiedAccuracy()}.
   *
   * @param newSatisfiedAccuracy in [0, 1]
   * @return the changed copy
   */
  public Thresholds satisfiedAccuracy(double newSatisfiedAccuracy) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        newSatisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #chosenFall()}.
   *
   * @param newChosenFall nats, &gt; 0
   * @return the changed copy
   */
  public Thresholds chosenFall(double newChosenFall) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        newChosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #chanceAccuracy()}.
   *
   * @param newChanceAccuracy in [0, 1]
   * @return the changed copy
   */
  public Thresholds chanceAccuracy(double newChanceAccuracy) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        newChanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #saturatedMargin()}.
   *
   * @param newSaturatedMargin &gt; 0
   * @return the changed copy
   */
  public Thresholds saturatedMargin(double newSaturatedMargin) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        newSaturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #minGradientWeight()}.
   *
   * @param newMinGradientWeight ≥ 0
   * @return the changed copy
   */
  public Thresholds minGradientWeight(double newMinGradientWeight) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        newMinGradientWeight,
        maxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #maxReward()}.
   *
   * @param newMaxReward &gt; 0
   * @return the changed copy
   */
  public Thresholds maxReward(double newMaxReward) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        newMaxReward,
        maxDrift,
        minLossChange);
  }

  /**
   * With another {@link #maxDrift()}.
   *
   * @param newMaxDrift nats, &gt; 0
   * @return the changed copy
   */
  public Thresholds maxDrift(double newMaxDrift) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        newMaxDrift,
        minLossChange);
  }

  /**
   * With another {@link #minLossChange()}.
   *
   * @param newMinLossChange ≥ 0
   * @return the changed copy
   */
  public Thresholds minLossChange(double newMinLossChange) {
    return new Thresholds(
        window,
        patience,
        fewExamples,
        truncatedShare,
        satisfiedAccuracy,
        chosenFall,
        chanceAccuracy,
        saturatedMargin,
        minGradientWeight,
        maxReward,
        maxDrift,
        newMinLossChange);
  }
}
