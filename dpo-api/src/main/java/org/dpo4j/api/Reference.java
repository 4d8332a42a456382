package org.dpo4j.api;

import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.math.Check;

/**
 * What the policy is held to: π_ref. It should be the model the policy starts from, properly
 * fine-tuned on the task (SFT); which of these says so depends on where that model is.
 */
public sealed interface Reference {

  /**
   * A copy of the policy as it is when training starts. Costs a second set of the trained weights.
   */
  record FrozenCopy() implements Reference {}

  /** The base model under the policy's adapter, sharing its weights. */
  record AdapterOff() implements Reference {}

  /**
   * Another adapter on the policy's base, sharing its weights.
   *
   * @param name the name under which the policy knows it
   */
  record Adapter(String name) implements Reference {}

  /**
   * Another model.
   *
   * @param scorer the model; it stays the caller's to close
   */
  record Model(TokenScorer scorer) implements Reference {}

  /**
   * A fixed reference whose log-probabilities are computed once an example and kept in memory.
   *
   * @param source what computes them
   */
  record Cached(Reference source) implements Reference {

    /** Checks that the source stays as it is. */
    public Cached {
      Check.that(
          !(source instanceof Moving || source instanceof None || source instanceof Cached),
          "Reference.cached(…) needs a reference that stays as it is, got %s; use frozenCopy(), adapterOff(), adapter(…) or model(…)",
          source);
    }
  }

  /**
   * A copy of the policy that follows it (TR-DPO, Gorbatovski et al. 2024, arXiv 2404.09656):
   * {@code θ_ref ← α θ + (1 − α) θ_ref}.
   *
   * @param alpha α in (0, 1]; 1 copies the policy
   * @param everySteps optimizer steps between updates, ≥ 1
   */
  record Moving(double alpha, int everySteps) implements Reference {

    /** Checks the ranges. */
    public Moving {
      Check.that(alpha > 0 && alpha <= 1, "alpha must be in (0, 1], got %s", alpha);
      Check.atLeastOne("everySteps", everySteps);
    }
  }

  /** No reference, for losses that do without. */
  record None() implements Reference {}

  /**
   * A copy of the policy as it is when training starts.
   *
   * @return the default
   */
  static Reference frozenCopy() {
    return new FrozenCopy();
  }

  /**
   * The base model under the policy's adapter. Right for a fresh adapter on an SFT model; wrong
   * when the adapter was already trained, since then the reference is not where the policy starts.
   *
   * @return the reference; it costs no memory
   */
  static Reference adapterOff() {
    return new AdapterOff();
  }

  /**
   * Another adapter on the policy's base: an SFT adapter, say.
   *
   * @param name the name under which the policy knows it
   * @return the reference
   */
  static Reference adapter(String name) {
    return new Adapter(name);
  }

  /**
   * Another model.
   *
   * @param scorer the model; it stays the caller's to close
   * @return the reference
   */
  static Reference model(TokenScorer scorer) {
    return new Model(scorer);
  }

  /**
   * A fixed reference, asked once an example.
   *
   * @param source what computes the log-probabilities
   * @return the reference
   * @throws IllegalArgumentException if the source moves, or is none
   */
  static Reference cached(Reference source) {
    return new Cached(source);
  }

  /**
   * A copy of the policy that follows it.
   *
   * @param alpha α in (0, 1]; 1 copies the policy; TR-DPO's soft update uses 0.6
   * @param everySteps optimizer steps between updates, ≥ 1
   * @return the reference
   */
  static Reference moving(double alpha, int everySteps) {
    return new Moving(alpha, everySteps);
  }

  /**
   * No reference, for SimPO, SimPER, CPO, ORPO, SLiC-HF and SFT.
   *
   * @return the reference
   */
  static Reference none() {
    return new None();
  }
}
