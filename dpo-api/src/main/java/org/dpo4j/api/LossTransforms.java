package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Doubles;
import java.util.Locale;
import org.dpo4j.core.loss.DifferenceLoss;
import org.dpo4j.core.loss.FDivergence;
import org.dpo4j.core.loss.PairLoss;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.math.Check;

/** What losses over pairs can be changed by, as parameters. They are applied in this order. */
final class LossTransforms {

  private static final String DIVERGENCE = "divergence";
  private static final String MARGIN_SCALE = "margin-scale";
  private static final String LABEL_SMOOTHING = "label-smoothing";
  private static final String ROBUST = "robust";
  static final String LENGTH_DESENSITISED = "length-desensitised";
  private static final String POLICY_WEIGHTED = "policy-weighted";

  static final ImmutableList<LossParameter> ALL =
      ImmutableList.of(
          none(DIVERGENCE, "reverse-kl, forward-kl, jensen-shannon or alpha-NUMBER"),
          none(MARGIN_SCALE, "units of reward per unit of margin, ≥ 0"),
          none(LABEL_SMOOTHING, "probability that a label is wrong, in [0, 0.5)"),
          none(ROBUST, "the same, its effect taken out without bias"),
          none(
              LENGTH_DESENSITISED, "what surplus tokens of the longer completion count, in [0, 1]"),
          none(POLICY_WEIGHTED, "true to weigh pairs by how likely the policy would write them"));

  private static final String NONE = "none";

  private LossTransforms() {}

  private static LossParameter none(String name, String meaning) {
    return LossParameter.of(name, "none", meaning);
  }

  static PairObjective apply(PairObjective loss, LossArguments given) {
    PairObjective changed = loss;
    if (isGiven(given, DIVERGENCE)) {
      changed =
          require(DifferenceLoss.class, changed, given, DIVERGENCE)
              .under(divergence(given.text(DIVERGENCE).orElseThrow()));
    }
    if (isGiven(given, MARGIN_SCALE)) {
      changed =
          require(PairLoss.class, changed, given, MARGIN_SCALE)
              .marginScale(given.number(MARGIN_SCALE));
    }
    if (isGiven(given, LABEL_SMOOTHING)) {
      changed =
          require(PairLoss.class, changed, given, LABEL_SMOOTHING)
              .labelSmoothing(given.number(LABEL_SMOOTHING));
    }
    if (isGiven(given, ROBUST)) {
      changed = require(PairLoss.class, changed, given, ROBUST).robust(given.number(ROBUST));
    }
    if (isGiven(given, LENGTH_DESENSITISED)) {
      changed = changed.lengthDesensitised(given.number(LENGTH_DESENSITISED));
    }
    return isOn(given) ? changed.policyWeighted() : changed;
  }

  private static boolean isGiven(LossArguments given, String name) {
    return !given.text(name).orElseThrow().equals(NONE);
  }

  private static boolean isOn(LossArguments given) {
    String value = given.text(POLICY_WEIGHTED).orElseThrow();
    Check.that(
        value.equals("true") || value.equals("false") || value.equals(NONE),
        "parameter '%s' of loss '%s' must be true or false, got '%s'",
        POLICY_WEIGHTED,
        given.loss(),
        value);
    return value.equals("true");
  }

  private static <L> L require(
      Class<L> kind, PairObjective loss, LossArguments given, String parameter) {
    Check.that(
        kind.isInstance(loss),
        "loss '%s' can't be given '%s'%s",
        given.loss(),
        parameter,
        kind == DifferenceLoss.class
            ? ": only losses that are a function of a difference of rewards can"
            : "");
    return kind.cast(loss);
  }

  private static FDivergence divergence(String name) {
    if (name.startsWith("alpha-")) {
      Double alpha = Doubles.tryParse(name.substring("alpha-".length()));
      if (alpha != null) {
        return new FDivergence.Alpha(alpha);
      }
    }
    return switch (name) {
      case "reverse-kl" -> new FDivergence.ReverseKl();
      case "forward-kl" -> new FDivergence.ForwardKl();
      case "jensen-shannon" -> new FDivergence.JensenShannon();
      default ->
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "divergence must be reverse-kl, forward-kl, jensen-shannon or alpha-NUMBER, got"
                      + " '%s'",
                  name));
    };
  }
}
