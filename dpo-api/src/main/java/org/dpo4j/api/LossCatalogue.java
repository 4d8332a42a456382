package org.dpo4j.api;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.CaseFormat;
import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.math.Check;

/** Every loss under its name, with the parameters it takes. */
final class LossCatalogue {

  /** A loss's name, what it takes, and what makes it. */
  private record Entry(
      String name,
      ImmutableList<LossParameter> parameters,
      Function<LossArguments, NamedLoss> factory) {}

  private static final LossParameter EPSILON =
      LossParameter.of("epsilon", 0.1, "probability that a label is wrong, in [0, 0.5)");

  private static final ImmutableMap<String, Entry> ENTRIES =
      Maps.uniqueIndex(
          ImmutableList.of(
              pairs("dpo", given -> Losses.dpo()),
              pairs("cdpo", given -> Losses.cdpo(given.number("epsilon")), EPSILON),
              pairs("robust-dpo", given -> Losses.robustDpo(given.number("epsilon")), EPSILON),
              pairs(
                  "offset-dpo",
                  given -> Losses.offsetDpo(given.number("scale")),
                  LossParameter.of("scale", 1.0, "units of reward per unit of margin, ≥ 0")),
              pairs("hinge", given -> Losses.hinge()),
              pairs(
                  "slic-hf",
                  given -> Losses.slicHf(given.number("delta"), given.number("nll-weight")),
                  LossParameter.of("delta", 1.0, "margin in nats, ≥ 0"),
                  LossParameter.required("nll-weight", "weight of the likelihood term, ≥ 0")),
              pairs("ipo", given -> Losses.ipo()),
              pairs("ipo-summed", given -> Losses.ipoSummed()),
              pairs(
                  "dpop",
                  given -> Losses.dpop(given.number("lambda")),
                  LossParameter.of("lambda", 50.0, "strength of the penalty, ≥ 0")),
              pairs(
                  "exo",
                  given -> Losses.exo(given.number("epsilon")),
                  LossParameter.of("epsilon", 0.001, "smoothing, in (0, 0.5)")),
              pairs("nca", given -> Losses.nca()),
              pairs("bco-pair", given -> Losses.bcoPair()),
              pairs("sppo-hard", given -> Losses.sppoHard()),
              pairs("aot", given -> Losses.aot()),
              pairs("aot-unpaired", given -> Losses.aotUnpaired()),
              pairs("apo-zero", given -> Losses.apoZero()),
              pairs("apo-down", given -> Losses.apoDown()),
              pairs("discopop", given -> Losses.discoPop()),
              pairs("dpo-norm", given -> Losses.lengthNormalisedDpo()),
              pairs(
                  "r-dpo",
                  given -> Losses.rDpo(given.number("alpha")),
                  LossParameter.required("alpha", "penalty per token, ≥ 0")),
              pairs(
                  "ld-dpo",
                  given -> Losses.ldDpo(given.number("alpha")),
                  LossParameter.required("alpha", "what surplus tokens count, in [0, 1]")),
              pairs("wpo", given -> Losses.wpo()),
              pairs(
                  "simpo",
                  given -> Losses.simPo(given.number("gamma")),
                  LossParameter.of("gamma", 0.5, "target margin in units of reward, ≥ 0")),
              pairs("simper", given -> Losses.simPer()),
              pairs("cpo", given -> Losses.cpo()),
              pairs("orpo", given -> Losses.orpo()),
              pairs("sft", given -> Losses.sft()),
              pairs("mpo", given -> Losses.mpo()),
              new Entry(
                  "kto",
                  ImmutableList.of(
                      LossParameter.of("desirable-weight", 1.0, "of thumbs up, ≥ 0"),
                      LossParameter.of("undesirable-weight", 1.0, "of thumbs down, ≥ 0")),
                  given ->
                      new NamedLoss.OverUnpaired(
                          Losses.kto(
                              given.number("desirable-weight"),
                              given.number("undesirable-weight")))),
              new Entry(
                  "bco", ImmutableList.of(), given -> new NamedLoss.OverUnpaired(Losses.bco())),
              new Entry(
                  "plackett-luce",
                  ImmutableList.of(),
                  given -> new NamedLoss.OverRankings(Losses.plackettLuce()))),
          Entry::name);

  private LossCatalogue() {}

  /** A loss over pairs takes, beside its own parameters, what all such losses can be changed by. */
  private static Entry pairs(
      String name, Function<LossArguments, PairObjective> factory, LossParameter... own) {
    return new Entry(
        name,
        Stream.concat(Stream.of(own), LossTransforms.ALL.stream()).collect(toImmutableList()),
        given -> new NamedLoss.OverPairs(LossTransforms.apply(factory.apply(given), given)));
  }

  /** All names, in the order of {@code Losses}. */
  static ImmutableList<String> names() {
    return ENTRIES.keySet().asList();
  }

  /**
   * What a loss takes.
   *
   * @throws IllegalArgumentException if there is no such loss
   */
  static ImmutableList<LossParameter> parameters(String name) {
    return entry(name).parameters();
  }

  /**
   * Makes a loss.
   *
   * @throws IllegalArgumentException if there is no such loss, or it can't be given that
   */
  static NamedLoss make(String name, Map<String, String> given) {
    Entry entry = entry(name);
    LossArguments arguments = LossArguments.of(name, entry.parameters(), given);
    try {
      return entry.factory().apply(arguments);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          asWritten(String.valueOf(e.getMessage()), entry.parameters()), e);
    }
  }

  /** A message about parameters of Java, with the names that they have here. */
  private static String asWritten(String message, ImmutableList<LossParameter> parameters) {
    String written = message.replace("ldAlpha", LossTransforms.LENGTH_DESENSITISED);
    for (LossParameter parameter : parameters) {
      String inJava = CaseFormat.LOWER_HYPHEN.to(CaseFormat.LOWER_CAMEL, parameter.name());
      written = written.replaceAll("\\b" + inJava + "\\b", parameter.name());
    }
    return written;
  }

  private static Entry entry(String name) {
    Entry found = ENTRIES.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no loss is named '%s'; there are %s",
              name,
              nearestFirst(name, names())));
    }
    return found;
  }

  /** Names with few letters changed, left out or added before others. */
  static String nearestFirst(String name, ImmutableList<String> names) {
    return Joiner.on(", ")
        .join(
            ImmutableList.sortedCopyOf(
                Comparator.comparingInt(known -> distance(name, known)), names));
  }

  /** Levenshtein's: the fewest letters to change, leave out or add. */
  private static int distance(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      int[] current = new int[to.length() + 1];
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int changed = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(above[column - 1] + changed, Math.min(above[column], current[column - 1]) + 1);
      }
      above = current;
    }
    return above[to.length()];
  }

  /** Refuses what {@code Check} can't say shortly: a name that is not among those known. */
  static void requireKnown(String loss, String parameter, ImmutableList<String> known) {
    Check.that(
        known.contains(parameter),
        "loss '%s' has no parameter '%s'; it takes %s",
        loss,
        parameter,
        known.isEmpty() ? "none" : nearestFirst(parameter, known));
  }
}
