package org.dpo4j.core.loss;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.core.loss.Goldens.Fixture;
import org.dpo4j.core.loss.Goldens.Golden;

/**
 * Every pair objective under test: those that losses.json has values for, those of the
 * self-describing golden files, and compositions of them.
 */
final class KnownObjectives {

  /** An objective at the β it is tested with. */
  record Known(String name, PairObjective objective, double beta) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** What the cases of losses.json are in this library; unpaired ones are not among them. */
  private static final ImmutableMap<String, PairObjective> FIXTURES =
      ImmutableMap.<String, PairObjective>builder()
          .put("dpo", new Dpo())
          .put("dpo_beta0.5", new Dpo())
          .put("hinge", new Hinge())
          .put("ipo_per_token", new Ipo(Ipo.Convention.PER_TOKEN))
          .put("exo", new Exo(0.1))
          .put("nca", new Nca())
          .put("robust", new Dpo().robust(0.2))
          .put("bco_pair", new BcoPair())
          .put("sppo_hard", new SppoHard())
          .put("aot", new Aot(Aot.Variant.PAIRED, 0.1))
          .put("aot_unpaired", new Aot(Aot.Variant.UNPAIRED, 0.0))
          .put("apo_zero", new ApoZero())
          .put("apo_down", new ApoDown())
          .put("discopop", new DiscoPop(0.05))
          .put("dpo_length_normalised", new LengthNormalisedDpo())
          .put("sft_on_chosen", new Sft())
          .put("dpo_plus_sft", new Dpo().plus(0.5, new Sft()))
          .put("mpo", new Dpo().times(0.8).plus(0.2, new BcoPair()).plus(1.0, new Sft()))
          .put("ld_dpo", new Dpo().lengthDesensitised(0.5))
          .put("wpo", new Dpo().policyWeighted())
          .put("f_forward_kl", new Dpo().under(new FDivergence.ForwardKl()))
          .put("f_js", new Dpo().under(new FDivergence.JensenShannon()))
          .put("cdpo", new Dpo().labelSmoothing(0.1))
          .put("ipo_summed", new Ipo(Ipo.Convention.SUMMED))
          .put("dpop", new Dpop(5.0))
          .put("offset_dpo", new Dpo())
          .put("r_dpo", new RDpo(0.01))
          .put("f_alpha", new Dpo().under(new FDivergence.Alpha(0.5)))
          .put("simpo", new SimPo(1.0))
          .put("cpo", new Cpo(1.0))
          .put("orpo", new Orpo())
          .put("slic_hf", new SlicHf(1.0, 0.1))
          .buildOrThrow();

  /** Transforms around transforms, which no golden file covers. */
  private static final ImmutableMap<String, PairObjective> COMPOSITIONS =
      ImmutableMap.of(
          "smoothed simpo", new SimPo(0.5).labelSmoothing(0.2),
          "robust hinge", new Hinge().robust(0.1),
          "robust offset apo", new Dpop(2.0).marginScale(2.0).robust(0.1),
          "smoothed hinge under alpha",
              new Hinge().under(new FDivergence.Alpha(-0.5)).labelSmoothing(0.1),
          "exo under forward kl", new Exo(0.1).under(new FDivergence.ForwardKl()),
          "wpo cdpo", new Dpo().labelSmoothing(0.1).policyWeighted(),
          "ld sum", new Dpo().plus(0.3, new Sft()).lengthDesensitised(0.25),
          "ld 0 of simpo", new SimPo(0.5).lengthDesensitised(0.0),
          "wpo ld orpo plus nca",
              new Orpo().lengthDesensitised(0.7).plus(2.0, new Nca()).policyWeighted(),
          "ld aot", new Aot(Aot.Variant.UNPAIRED, 0.2).lengthDesensitised(0.5));

  private KnownObjectives() {}

  static ImmutableList<Known> all() {
    Stream<Known> fixtures = fixtures().stream().map(KnownObjectives::known);
    Stream<Known> described = Goldens.selfDescribed().stream().map(KnownObjectives::known);
    Stream<Known> compositions =
        COMPOSITIONS.entrySet().stream()
            .map(entry -> new Known(entry.getKey(), entry.getValue(), 0.5));
    return Stream.of(fixtures, described, compositions)
        .flatMap(known -> known)
        .collect(ImmutableList.toImmutableList());
  }

  /** The cases of losses.json that are about pairs, as goldens. */
  static ImmutableList<Golden> fixtures() {
    return Goldens.fixtures().stream()
        .filter(fixture -> FIXTURES.containsKey(fixture.name()))
        .map(KnownObjectives::golden)
        .collect(ImmutableList.toImmutableList());
  }

  static Map<String, PairObjective> byFixtureName() {
    return FIXTURES;
  }

  private static Golden golden(Fixture fixture) {
    PairSample sample = Goldens.sample(fixture.chosen(), fixture.rejected());
    if (fixture.options().has("margins")) {
      sample =
          Goldens.withMargins(
              sample,
              fixture.options().getAsJsonArray("margins").asList().stream()
                  .map(JsonElement::getAsDouble)
                  .toList());
    }
    return new Golden(
        fixture.name(),
        Objects.requireNonNull(FIXTURES.get(fixture.name())),
        fixture.options().has("beta") ? fixture.option("beta") : 1.0,
        sample,
        fixture.loss(),
        fixture.gradient());
  }

  private static Known known(Golden golden) {
    return new Known(golden.name(), golden.objective(), golden.beta());
  }
}
