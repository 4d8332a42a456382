package org.dpo4j.api.probe;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dpo4j.api.compare.Answerer;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.statistics.Interval;
import org.dpo4j.core.statistics.PairedDifference;

/**
 * Probes before and after training.
 *
 * @param results one a probe, in their order
 */
public record ProbeReport(ImmutableList<ProbeResult> results) {

  /**
   * What became of a category.
   *
   * @param name the category
   * @param before share of its probes that were met before, in [0, 1]
   * @param after share of them that are met after
   * @param change after less before, over probes
   */
  public record Category(String name, double before, double after, PairedDifference change) {}

  /** Checks that there is a result. */
  public ProbeReport {
    Check.that(!results.isEmpty(), "results must have at least one probe, got none");
  }

  /**
   * Asks both policies.
   *
   * @param probes at least one
   * @param before the policy before training
   * @param after the policy after it
   * @param seed of their answers
   * @return what they answered
   */
  public static ProbeReport of(List<Probe> probes, Answerer before, Answerer after, long seed) {
    Check.that(!probes.isEmpty(), "probes must have at least one element, got none");
    List<Prompt> prompts = probes.stream().map(Probe::prompt).toList();
    List<String> old = before.answer(prompts, seed);
    List<String> now = after.answer(prompts, seed);
    Check.that(
        old.size() == probes.size() && now.size() == probes.size(),
        "there must be an answer a probe (%d), got %d and %d",
        probes.size(),
        old.size(),
        now.size());
    ImmutableList.Builder<ProbeResult> results = ImmutableList.builder();
    for (int i = 0; i < probes.size(); i++) {
      results.add(new ProbeResult(probes.get(i), old.get(i), now.get(i)));
    }
    return new ProbeReport(results.build());
  }

  /**
   * The categories.
   *
   * @return in the order of their first probe
   */
  public ImmutableList<Category> categories() {
    Map<String, ImmutableList.Builder<ProbeResult>> byName = new LinkedHashMap<>();
    results.forEach(
        result ->
            byName
                .computeIfAbsent(result.probe().category(), name -> ImmutableList.builder())
                .add(result));
    return byName.entrySet().stream()
        .map(entry -> category(entry.getKey(), entry.getValue().build()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Category category(String name, List<ProbeResult> results) {
    int both = 0, gained = 0, lost = 0;
    for (ProbeResult result : results) {
      both += result.passedBefore() && result.passedAfter() ? 1 : 0;
      gained += !result.passedBefore() && result.passedAfter() ? 1 : 0;
      lost += result.passedBefore() && !result.passedAfter() ? 1 : 0;
    }
    int neither = results.size() - both - gained - lost;
    return new Category(
        name,
        (both + lost) / (double) results.size(),
        (both + gained) / (double) results.size(),
        new PairedDifference(both, gained, lost, neither));
  }

  /**
   * The categories in which more was lost than may be: what a gate looks at. A gate on the measured
   * change and not on its interval, since few probes would let nearly everything pass.
   *
   * @param maxDrop by how much a category's share may fall, in [0, 1]
   * @return those that fell by more; empty if none did
   */
  public ImmutableList<Category> fallen(double maxDrop) {
    Check.that(maxDrop >= 0 && maxDrop <= 1, "maxDrop must be in [0, 1], got %s", maxDrop);
    return categories().stream()
        .filter(category -> category.change().value() < -maxDrop)
        .collect(ImmutableList.toImmutableList());
  }

  /** A table for a person. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%-24s probes  before   after  change  95 %% interval", "category"));
    for (Category category : categories()) {
      Interval interval = category.change().interval();
      text.append(
          String.format(
              Locale.ROOT,
              "%n%-24s %6d  %4.0f %%  %4.0f %%  %+6.0f  %+.0f to %+.0f",
              category.name(),
              category.change().trials(),
              100 * category.before(),
              100 * category.after(),
              100 * category.change().value(),
              100 * interval.low(),
              100 * interval.high()));
    }
    return text.toString();
  }
}
