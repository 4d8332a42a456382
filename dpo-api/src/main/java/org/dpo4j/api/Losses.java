package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import org.dpo4j.core.loss.Aot;
import org.dpo4j.core.loss.ApoDown;
import org.dpo4j.core.loss.ApoZero;
import org.dpo4j.core.loss.Bco;
import org.dpo4j.core.loss.BcoPair;
import org.dpo4j.core.loss.Cpo;
import org.dpo4j.core.loss.DiscoPop;
import org.dpo4j.core.loss.Dpo;
import org.dpo4j.core.loss.Dpop;
import org.dpo4j.core.loss.Exo;
import org.dpo4j.core.loss.Hinge;
import org.dpo4j.core.loss.Ipo;
import org.dpo4j.core.loss.Kto;
import org.dpo4j.core.loss.LengthNormalisedDpo;
import org.dpo4j.core.loss.Nca;
import org.dpo4j.core.loss.Orpo;
import org.dpo4j.core.loss.PairLoss;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.PlackettLuceDpo;
import org.dpo4j.core.loss.RDpo;
import org.dpo4j.core.loss.Sft;
import org.dpo4j.core.loss.SimPer;
import org.dpo4j.core.loss.SimPo;
import org.dpo4j.core.loss.SlicHf;
import org.dpo4j.core.loss.SppoHard;

/**
 * The losses by name, with the papers' defaults. Each class has the formula. They combine: {@code
 * dpo().labelSmoothing(0.1)}, {@code dpo().under(new FDivergence.JensenShannon())}, {@code
 * dpo().plus(0.5, sft())}, {@code dpo().policyWeighted()}. A loss of your own implements {@link
 * PairLoss} and goes where these go.
 */
public final class Losses {

  private Losses() {}

  /**
   * Direct Preference Optimization; with pairs that have margins, offset DPO; with agreements,
   * conservative DPO.
   *
   * @return the default loss
   */
  public static Dpo dpo() {
    return new Dpo();
  }

  /**
   * Conservative DPO: a share of labels is assumed wrong.
   *
   * @param epsilon ε in [0, ½)
   * @return DPO with label smoothing
   */
  public static PairLoss cdpo(double epsilon) {
    return dpo().labelSmoothing(epsilon);
  }

  /**
   * Robust DPO: a share of labels is wrong and its effect is taken out without bias.
   *
   * @param epsilon ε in [0, ½)
   * @return the corrected DPO
   */
  public static PairLoss robustDpo(double epsilon) {
    return dpo().robust(epsilon);
  }

  /**
   * Offset DPO: DPO with each pair's margin times a scale.
   *
   * @param scale α, units of reward per unit of margin
   * @return DPO with scaled margins
   */
  public static PairLoss offsetDpo(double scale) {
    return dpo().marginScale(scale);
  }

  /**
   * The hinge loss on log-ratios (SLiC-norm).
   *
   * @return the loss
   */
  public static Hinge hinge() {
    return new Hinge();
  }

  /**
   * SLiC-HF, reference-free; β is not used.
   *
   * @param delta δ, the margin in nats
   * @param nllWeight λ, the weight of the likelihood term
   * @return the loss
   */
  public static SlicHf slicHf(double delta, double nllWeight) {
    return new SlicHf(delta, nllWeight);
  }

  /**
   * IPO on the mean log-ratio of a token, as TRL does it.
   *
   * @return the loss
   */
  public static Ipo ipo() {
    return new Ipo(Ipo.Convention.PER_TOKEN);
  }

  /**
   * IPO on summed log-ratios, as the paper prints it. Its β is not that of {@link #ipo}.
   *
   * @return the loss
   */
  public static Ipo ipoSummed() {
    return new Ipo(Ipo.Convention.SUMMED);
  }

  /**
   * DPO-positive, which keeps the chosen completion from becoming less likely.
   *
   * @param lambda λ, the strength; the paper uses 50
   * @return the loss
   */
  public static Dpop dpop(double lambda) {
    return new Dpop(lambda);
  }

  /**
   * EXO on pairs.
   *
   * @param epsilon ε in (0, ½), the smoothing
   * @return the loss
   */
  public static Exo exo(double epsilon) {
    return new Exo(epsilon);
  }

  /**
   * Noise Contrastive Alignment on pairs.
   *
   * @return the loss
   */
  public static Nca nca() {
    return new Nca();
  }

  /**
   * Binary classifier optimization on pairs.
   *
   * @return the loss
   */
  public static BcoPair bcoPair() {
    return new BcoPair();
  }

  /**
   * SPPO with hard labels.
   *
   * @return the loss
   */
  public static SppoHard sppoHard() {
    return new SppoHard();
  }

  /**
   * AOT on paired differences; compares sorted micro-batches.
   *
   * @return the loss, without label smoothing
   */
  public static Aot aot() {
    return new Aot(Aot.Variant.PAIRED, 0.0);
  }

  /**
   * AOT on chosen and rejected separately; compares sorted micro-batches.
   *
   * @return the loss, without label smoothing
   */
  public static Aot aotUnpaired() {
    return new Aot(Aot.Variant.UNPAIRED, 0.0);
  }

  /**
   * APO-zero, for chosen completions better than the model's own.
   *
   * @return the loss
   */
  public static ApoZero apoZero() {
    return new ApoZero();
  }

  /**
   * APO-down, for chosen completions worse than the model's own.
   *
   * @return the loss
   */
  public static ApoDown apoDown() {
    return new ApoDown();
  }

  /**
   * DiscoPOP with the paper's τ of 0.05.
   *
   * @return the loss
   */
  public static DiscoPop discoPop() {
    return new DiscoPop(0.05);
  }

  /**
   * Length-normalised DPO; its β is around 5.
   *
   * @return the loss
   */
  public static LengthNormalisedDpo lengthNormalisedDpo() {
    return new LengthNormalisedDpo();
  }

  /**
   * R-DPO, DPO with a length penalty.
   *
   * @param alpha α, the penalty per token
   * @return the loss
   */
  public static RDpo rDpo(double alpha) {
    return new RDpo(alpha);
  }

  /**
   * LD-DPO, which counts the surplus tokens of the longer completion less.
   *
   * @param ldAlpha α in [0, 1]
   * @return the loss
   */
  public static PairObjective ldDpo(double ldAlpha) {
    return dpo().lengthDesensitised(ldAlpha);
  }

  /**
   * WPO: DPO with pairs weighted by how likely the policy itself would write them.
   *
   * @return the loss
   */
  public static PairObjective wpo() {
    return dpo().policyWeighted();
  }

  /**
   * SimPO, reference-free; its β is around 2.
   *
   * @param gamma γ, the target margin in units of reward
   * @return the loss
   */
  public static SimPo simPo(double gamma) {
    return new SimPo(gamma);
  }

  /**
   * SimPER, reference-free and without parameters; β is not used.
   *
   * @return the loss
   */
  public static SimPer simPer() {
    return new SimPer();
  }

  /**
   * CPO with a likelihood term of weight 1, reference-free.
   *
   * @return the loss
   */
  public static Cpo cpo() {
    return new Cpo(1.0);
  }

  /**
   * ORPO, reference-free; β is the paper's λ.
   *
   * @return the loss
   */
  public static Orpo orpo() {
    return new Orpo();
  }

  /**
   * Supervised fine-tuning on the chosen completions.
   *
   * @return the loss, a mean over tokens
   */
  public static Sft sft() {
    return new Sft();
  }

  /**
   * KTO on completions judged alone, with both weights 1.
   *
   * @return the loss
   */
  public static Kto kto() {
    return kto(1.0, 1.0);
  }

  /**
   * KTO on completions judged alone.
   *
   * @param desirableWeight λ_D ≥ 0
   * @param undesirableWeight λ_U ≥ 0; the paper advises λ_D·n_D / (λ_U·n_U) from 1 to 1.5
   * @return the loss
   */
  public static Kto kto(double desirableWeight, double undesirableWeight) {
    return new Kto(desirableWeight, undesirableWeight);
  }

  /**
   * Binary classifier optimization on completions judged alone, with the running mean of rewards as
   * its shift.
   *
   * @return the loss
   */
  public static Bco bco() {
    return new Bco();
  }

  /**
   * DPO on rankings of several completions.
   *
   * @return the loss
   */
  public static PlackettLuceDpo plackettLuce() {
    return new PlackettLuceDpo();
  }

  /**
   * MPO as TRL composes it, with the weights of the paper: 0.8 DPO + 0.2 BCO (without shift) + SFT.
   *
   * @return the sum
   */
  public static PairObjective mpo() {
    return dpo().times(0.8).plus(0.2, bcoPair()).plus(1.0, sft());
  }

  /**
   * A loss by its name, as a command line or a configuration has it, with the papers' defaults.
   *
   * <p>{@code simpo}; with parameters {@code simpo(gamma=1.5)}; losses over pairs also changed,
   * {@code dpo(label-smoothing=0.1)}, {@code hinge(divergence=jensen-shannon)}, and added, {@code
   * 0.8*dpo + 0.2*sft}.
   *
   * @param expression one of {@link #names}, or made of them
   * @return the loss, by the kind of data it learns from
   * @throws IllegalArgumentException if there is no such loss, the nearest names then come first,
   *     or it can't be given that
   */
  public static NamedLoss named(String expression) {
    return LossExpression.of(expression).loss();
  }

  /**
   * A loss by its name, with parameters that are given apart.
   *
   * @param expression as in {@link #named(String)}
   * @param parameters text by name, as {@link #parameters} lists them; in a sum each must be taken
   *     by one loss only
   * @return the loss, by the kind of data it learns from
   * @throws IllegalArgumentException if there is no such loss, or it can't be given that
   */
  public static NamedLoss named(String expression, Map<String, String> parameters) {
    return LossExpression.of(expression).with(parameters).loss();
  }

  /**
   * The names of all losses.
   *
   * @return those over pairs first
   */
  public static ImmutableList<String> names() {
    return LossCatalogue.names();
  }

  /**
   * What a loss takes by name.
   *
   * @param name one of {@link #names}
   * @return its own parameters first
   * @throws IllegalArgumentException if there is no such loss
   */
  public static ImmutableList<LossParameter> parameters(String name) {
    return LossCatalogue.parameters(name);
  }
}
