package org.dpo4j.torch.internal.architecture;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Range;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Rotary parameters as a configuration states them, in either of its dialects: {@code
 * rope_parameters} with everything inside, or, before 2026, the base at the top level and only the
 * scaling rule in {@code rope_scaling}.
 *
 * @param theta base of the frequencies
 * @param share of a head's dimensions that turn
 * @param scaling how frequencies are stretched
 */
record Rope(double theta, double share, RopeScaling scaling) {

  static final Range<Double> THETAS = Range.openClosed(1.0, 1e15);

  private static final double USUAL_THETA = 10_000;
  private static final Range<Double> SHARES = Range.openClosed(0.0, 1.0);
  private static final Range<Double> FACTORS = Range.closed(1e-6, 1e6);
  private static final ImmutableList<String> TYPES =
      ImmutableList.of("default", "linear", "llama3", "yarn");

  /** Where every dimension of a head turns. */
  static Rope read(ModelConfig config) {
    Rope rope = read(config, "rope_theta", "partial_rotary_factor", 1);
    config.check(rope.share == 1, "model_type", "allows only partial_rotary_factor = 1");
    return rope;
  }

  /**
   * Where a share of a head's dimensions may turn.
   *
   * @param thetaField the older dialect's field for the base
   * @param shareField the older dialect's field for the share
   * @param usualShare the share where none is stated
   */
  static Rope read(ModelConfig config, String thetaField, String shareField, double usualShare) {
    double theta = config.optionalNumber(thetaField, THETAS).orElse(USUAL_THETA);
    double share = config.optionalNumber(shareField, SHARES).orElse(usualShare);
    return of(config, parameters(config), theta, share);
  }

  /** From the object that states them, with the base and the share to use where it does not. */
  static Rope of(
      ModelConfig config, Optional<ModelConfig> stated, double usualTheta, double usualShare) {
    return stated
        .map(
            rope ->
                new Rope(
                    rope.optionalNumber("rope_theta", THETAS).orElse(usualTheta),
                    rope.optionalNumber("partial_rotary_factor", SHARES).orElse(usualShare),
                    scaling(config, rope)))
        .orElseGet(() -> new Rope(usualTheta, usualShare, new RopeScaling.None()));
  }

  /** The object of whichever dialect the configuration speaks. */
  static Optional<ModelConfig> parameters(ModelConfig config) {
    Optional<ModelConfig> today = config.optionalObject("rope_parameters");
    Optional<ModelConfig> older = config.optionalObject("rope_scaling");
    config.check(
        today.isEmpty() || older.isEmpty(),
        "rope_scaling",
        "must be absent where rope_parameters is there");
    return today.or(() -> older);
  }

  /** For heads of this width. */
  RotarySpec rotary(ModelConfig config, int headWidth) {
    int width = (int) (headWidth * share);
    config.check(
        width >= 2 && width % 2 == 0,
        "model_type",
        String.format(
            Locale.ROOT,
            "needs an even number of dimensions to rotate, found %d (%s of a head's %d)",
            width,
            share,
            headWidth));
    return new RotarySpec(
        scaling.inverseFrequencies(theta, width), scaling.magnitude(), RotarySpec.Pairing.HALVES);
  }

  private static RopeScaling scaling(ModelConfig config, ModelConfig rope) {
    String field = rope.states("rope_type") ? "rope_type" : "type";
    String type = rope.optionalString(field).orElse("default");
    rope.check(TYPES.contains(type), field, "must be one of " + Joiner.on(", ").join(TYPES));
    // What a list or an object in there asks for (a rule per layer type, per image axis) is not
    // among the rules below.
    rope.nested().forEach(rope::refuseIfSet);
    rope.check(rope.states(field) || !rope.states("factor"), field, "must be there with factor");
    return switch (type) {
      case "linear" -> new RopeScaling.Linear(rope.requireNumber("factor", FACTORS));
      case "llama3" -> llama3(config, rope);
      case "yarn" -> yarn(config, rope);
      default -> new RopeScaling.None();
    };
  }

  private static RopeScaling llama3(ModelConfig config, ModelConfig rope) {
    double low = rope.requireNumber("low_freq_factor", FACTORS);
    double high = rope.requireNumber("high_freq_factor", FACTORS);
    rope.check(high > low, "high_freq_factor", "must be > low_freq_factor = " + low);
    return new RopeScaling.Llama3(
        rope.requireNumber("factor", FACTORS), low, high, originalPositions(config, rope));
  }

  private static RopeScaling yarn(ModelConfig config, ModelConfig rope) {
    int originalPositions = originalPositions(config, rope);
    double maxPositions = config.requireInt("max_position_embeddings", 1, Sizes.MAX_POSITIONS);
    double factor = rope.optionalNumber("factor", FACTORS).orElse(maxPositions / originalPositions);
    return new RopeScaling.Yarn(
        factor,
        rope.optionalNumber("beta_fast", FACTORS).orElse(32),
        rope.optionalNumber("beta_slow", FACTORS).orElse(1),
        originalPositions,
        rope.optionalBoolean("truncate", true),
        rope.optionalNumber("attention_factor", FACTORS).orElseGet(() -> magnitude(rope, factor)));
  }

  /**
   * {@code m(1)}, or {@code m(mscale) / m(mscale_all_dim)} where both are there, with {@code m(k) =
   * 0.1 k ln s + 1}: YaRN's equation 22 as DeepSeek generalised it.
   */
  private static double magnitude(ModelConfig rope, double factor) {
    OptionalDouble all = nonZero(rope.optionalNumber("mscale_all_dim", Range.closed(0.0, 1e6)));
    OptionalDouble one = nonZero(rope.optionalNumber("mscale", Range.closed(0.0, 1e6)));
    return one.isPresent() && all.isPresent()
        ? RopeScaling.Yarn.magnitude(factor, one.getAsDouble())
            / RopeScaling.Yarn.magnitude(factor, all.getAsDouble())
        : RopeScaling.Yarn.magnitude(factor, 1);
  }

  private static OptionalDouble nonZero(OptionalDouble number) {
    return number.orElse(0) == 0 ? OptionalDouble.empty() : number;
  }

  private static int originalPositions(ModelConfig config, ModelConfig rope) {
    String field = "original_max_position_embeddings";
    OptionalInt outside = config.optionalInt(field, 1, Sizes.MAX_POSITIONS);
    OptionalInt inside = rope.optionalInt(field, 1, Sizes.MAX_POSITIONS);
    // In this order in transformers, too.
    return outside.orElseGet(
        () ->
            inside.orElseGet(
                () -> config.requireInt("max_position_embeddings", 1, Sizes.MAX_POSITIONS)));
  }
}
