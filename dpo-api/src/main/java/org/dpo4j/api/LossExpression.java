package org.dpo4j.api;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Doubles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.WeightedSum;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/**
 * A loss as text: {@code dpo}, {@code simpo(gamma=0.5)}, {@code 0.8*dpo(label-smoothing=0.1) +
 * sft}.
 *
 * @param terms at least one
 */
record LossExpression(ImmutableList<Term> terms) {

  /** A summand. */
  private record Term(double weight, String name, ImmutableMap<String, String> parameters) {

    Term with(String parameter, String value) {
      Check.that(
          !parameters.containsKey(parameter),
          "parameter '%s' of loss '%s' is given twice",
          parameter,
          name);
      return new Term(
          weight,
          name,
          ImmutableMap.<String, String>builder()
              .putAll(parameters)
              .put(parameter, value)
              .buildOrThrow());
    }

    boolean takes(String parameter) {
      return LossCatalogue.parameters(name).stream()
          .anyMatch(known -> known.name().equals(parameter));
    }

    NamedLoss loss() {
      return LossCatalogue.make(name, parameters);
    }
  }

  private static final int MAX_CHARACTERS = 1000;
  private static final double MAX_WEIGHT = 1e6;
  private static final Pattern TERM =
      Pattern.compile("\\s*(?:([^*()]*)\\*)?\\s*([^*(),=\\s]+)\\s*(?:\\(([^()]*)\\))?\\s*");
  private static final Pattern PARAMETER = Pattern.compile("\\s*([^=\\s]+)\\s*=\\s*([^=\\s]+)\\s*");

  /**
   * Reads a loss.
   *
   * @throws IllegalArgumentException if it isn't written as one is
   */
  static LossExpression of(String text) {
    Check.that(
        text.length() <= MAX_CHARACTERS, "a loss must have at most %d characters", MAX_CHARACTERS);
    // All that messages quote is part of it.
    Check.that(
        text.chars().allMatch(c -> c >= ' ' && c <= '~'),
        "a loss must be written in ASCII, like dpo, simpo(gamma=0.5) or 0.8*dpo + 0.2*sft, got '%s'",
        Shown.text(text));
    return new LossExpression(
        Splitter.on('+')
            .splitToStream(text)
            .map(part -> term(text, part))
            .collect(ImmutableList.toImmutableList()));
  }

  private static Term term(String whole, String part) {
    Matcher matched = TERM.matcher(part);
    Check.that(
        matched.matches(),
        "a loss must be written like dpo, simpo(gamma=0.5) or 0.8*dpo + 0.2*sft, got '%s'",
        whole);
    Map<String, String> parameters = new HashMap<>();
    String list = matched.group(3);
    if (list != null && !list.isBlank()) {
      for (String each : Splitter.on(',').split(list)) {
        Matcher parameter = PARAMETER.matcher(each);
        Check.that(
            parameter.matches(),
            "a loss's parameters must be written like gamma=0.5, got '%s' in '%s'",
            each.strip(),
            whole);
        String before = parameters.put(parameter.group(1), parameter.group(2));
        Check.that(
            before == null,
            "parameter '%s' of loss '%s' is given twice",
            parameter.group(1),
            matched.group(2));
      }
    }
    return new Term(
        weight(whole, matched.group(1)), matched.group(2), ImmutableMap.copyOf(parameters));
  }

  private static double weight(String whole, @Nullable String text) {
    if (text == null) {
      return 1.0;
    }
    Double weight = Doubles.tryParse(text.strip());
    if (weight == null || !(weight >= 0 && weight <= MAX_WEIGHT)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a loss's weight must be a number from 0 to 1000000, got '%s' in '%s'",
              text.strip(),
              whole));
    }
    return weight;
  }

  /**
   * This loss with more parameters, each given to the term that takes it.
   *
   * @throws IllegalArgumentException if no term, or more than one, does
   */
  LossExpression with(Map<String, String> parameters) {
    List<Term> changed = new ArrayList<>(terms);
    parameters.forEach(
        (name, value) -> {
          List<String> takers =
              terms.stream().filter(term -> term.takes(name)).map(Term::name).toList();
          Check.that(
              terms.size() == 1 || takers.size() == 1,
              "parameter '%s' is taken by %s of the sum's losses; write it as in dpo(%s=%s)",
              name,
              takers.isEmpty() ? "none" : takers,
              name,
              value);
          changed.replaceAll(
              term -> terms.size() == 1 || term.takes(name) ? term.with(name, value) : term);
        });
    return new LossExpression(ImmutableList.copyOf(changed));
  }

  /**
   * The loss that is written.
   *
   * @throws IllegalArgumentException if there is none of that name, it can't be given its
   *     parameters, or losses over different data are added
   */
  NamedLoss loss() {
    if (terms.size() == 1 && terms.get(0).weight() == 1.0) {
      return terms.get(0).loss();
    }
    return new NamedLoss.OverPairs(
        WeightedSum.of(
            terms.stream()
                .map(term -> new WeightedSum.Term(term.weight(), overPairs(term)))
                .toList()));
  }

  private static PairObjective overPairs(Term term) {
    if (term.loss() instanceof NamedLoss.OverPairs pairs) {
      return pairs.objective();
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "loss '%s' can't be weighted or added: only losses over pairs can",
            term.name()));
  }
}
