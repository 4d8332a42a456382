package org.dpo4j.core.loss;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * A weighted sum of objectives: {@code Σ_k w_k L_k}. DPO + ½ SFT, or MPO (0.8 DPO + 0.2 BCO + SFT;
 * Wang et al. 2024, arXiv 2411.10442), are compositions and need no class of their own.
 *
 * @param terms at least one of weight &gt; 0; those of weight 0 are left out
 */
public record WeightedSum(ImmutableList<Term> terms) implements PairObjective {

  /**
   * One summand.
   *
   * @param weight finite and ≥ 0
   * @param objective what is weighted
   */
  public record Term(double weight, PairObjective objective) {

    /** Checks the weight. */
    public Term {
      Check.nonNegative("weight", weight);
    }
  }

  /** Leaves out terms of weight 0 and checks that there are others. */
  public WeightedSum {
    terms =
        terms.stream().filter(term -> term.weight() > 0).collect(ImmutableList.toImmutableList());
    Check.that(!terms.isEmpty(), "terms must have at least one of weight > 0, got none");
  }

  /**
   * A sum of objectives; sums among them are flattened.
   *
   * @param terms at least one
   * @return the sum
   */
  public static WeightedSum of(List<Term> terms) {
    return new WeightedSum(
        terms.stream()
            .flatMap(term -> flat(term).stream())
            .collect(ImmutableList.toImmutableList()));
  }

  private static List<Term> flat(Term term) {
    return term.objective() instanceof WeightedSum sum
        ? sum.terms().stream()
            .map(inner -> new Term(term.weight() * inner.weight(), inner.objective()))
            .toList()
        : List.of(term);
  }

  @Override
  public String name() {
    return terms.stream()
        .map(
            term ->
                term.weight() == 1.0
                    ? term.objective().name()
                    : term.weight() + "·" + term.objective().name())
        .collect(Collectors.joining(" + "));
  }

  @Override
  public Traits traits() {
    return terms.stream().map(term -> term.objective().traits()).reduce(Traits::or).orElseThrow();
  }

  /** That of the first term which β has an effect on. */
  @Override
  public OptionalDouble usualBeta() {
    return terms.stream()
        .map(term -> term.objective().usualBeta())
        .filter(OptionalDouble::isPresent)
        .findFirst()
        .orElse(OptionalDouble.empty());
  }

  @Override
  public void checkLabel(PairLabel label) {
    terms.forEach(term -> term.objective().checkLabel(label));
  }

  @Override
  public LossGradient differentiate(PairBatch batch, double beta) {
    double loss = 0.0;
    TokenValues gradient = batch.policy().map((row, token) -> 0.0);
    for (Term term : terms) {
      LossGradient part = term.objective().differentiate(batch, beta);
      TokenValues sum = gradient;
      loss += term.weight() * part.loss();
      gradient =
          sum.map(
              (row, token) ->
                  sum.get(row, token) + term.weight() * part.gradient().get(row, token));
    }
    return new LossGradient(loss, gradient);
  }
}
