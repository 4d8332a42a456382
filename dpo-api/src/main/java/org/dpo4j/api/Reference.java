package org.dpo4j.api;

import java.nio.file.Path;
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

    /** Checks that the source is a model that stays as it is. */
    public Cached {
      requireFixed(source);
    }
  }

  /**
   * A fixed reference whose log-probabilities are computed once an example and kept in a file.
   *
   * @param source what computes them
   * @param file where they are kept
   */
  record CachedInFile(Reference source, Path file) implements Reference {

    /** Checks that the source is a model that stays as it is. */
    public CachedInFile {
      requireFixed(source);
    }
  }

  /**
   * A reference of which there are only the log-probabilities in a file.
   *
   * @param file where they are
   */
  record CachedOnly(Path file) implements Reference {}

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
   * Another model. It must read the policy's token ids; where it says whose it reads ({@link
   * TokenScorer#vocabulary}), a run on others is refused.
   *
   * @param scorer the model; it stays the caller's to close
   * @return the reference
   */
  static Reference model(TokenScorer scorer) {
    return new Model(scorer);
  }

  /**
   * A fixed reference, asked once an example and run: its log-probabilities are kept in memory, or,
   * where the run has a directory, in a file there.
   *
   * @param source what computes the log-probabilities
   * @return the reference
   * @throws IllegalArgumentException if the source moves, is none, or is cached itself
   */
  static Reference cached(Reference source) {
    return new Cached(source);
  }

  /**
   * A fixed reference, asked once an example, ever: its log-probabilities of every token are kept
   * in a file, whatever the loss. The first epoch computes and appends them; later epochs, runs and
   * processes read the same numbers, bit for bit. The source is asked only for what is missing, but
   * it has to be there; {@link #cachedOnly} does without.
   *
   * <p>The file belongs to the source's weights ({@link TokenScorer#fingerprint()}): by others it
   * is replaced, and the log says so. Mind that a {@link #frozenCopy()} is of the policy as it is
   * when the run starts, so that one of a policy trained meanwhile is another reference. Each
   * example is found by its token ids, so that changed data, and another tokenizer, chat template
   * or truncation that give other ids, are computed anew; what is no longer used stays.
   *
   * <p>A run that is killed loses at most the micro-batch it was writing. Damaged bytes are passed
   * over, logged, and computed anew. The file takes 8 bytes a completion token and memory about 100
   * bytes a pair. Where a backend's rounding depends on what is scored together, the values of the
   * first time stay.
   *
   * <p>When the run starts, {@link DpoTrainer#train} refuses a source without a fingerprint, a file
   * in use by another run, and one that is no such file, which is left as it is. A disk that fills
   * up ends the run; the file stays of use.
   *
   * @param source what computes the log-probabilities
   * @param file where they are kept; made if there is none, in a directory that exists
   * @return the reference
   * @throws IllegalArgumentException if the source moves, is none, or is cached itself
   */
  static Reference cached(Reference source, Path file) {
    return new CachedInFile(source, file);
  }

  /**
   * Log-probabilities in a file, without any model: what {@link ReferenceCache#fill} or a run with
   * {@link #cached(Reference, Path)} left. {@link DpoTrainer#train} looks first whether it has
   * every pair that is needed, and refuses to start if not. Which weights they come from is known
   * to the file alone, and logged; the step-0 check tells if those are not where the policy starts.
   *
   * @param file where they are; it is read only
   * @return the reference
   */
  static Reference cachedOnly(Path file) {
    return new CachedOnly(file);
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

  private static void requireFixed(Reference source) {
    Check.that(
        source instanceof FrozenCopy
            || source instanceof AdapterOff
            || source instanceof Adapter
            || source instanceof Model,
        "Reference.cached(…) needs a reference that stays as it is, got %s; use frozenCopy(), adapterOff(), adapter(…) or model(…)",
        source);
  }
}
