package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import org.dpo4j.api.monitor.Thresholds;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.tabular.TabularPolicy;

/** Data and settings that raise alarms, and a run that raises none. */
final class AlarmSettings {

  static final Thresholds ENOUGH = Thresholds.defaults().fewExamples(0);

  private AlarmSettings() {}

  /** Learns a little of each pair: what a healthy run looks like, in small. */
  static DpoTrainer.Builder healthy(Policy policy) {
    return DpoTrainer.builder()
        .policy(policy)
        .optimizer(Sgd.learningRate(1))
        .schedule(Schedule.constant())
        .maxGradNorm(Double.POSITIVE_INFINITY)
        .epochs(100)
        .alarms(ENOUGH);
  }

  /**
   * A model that knows one word of context, so that repetition moves what it is a repetition of.
   */
  static TabularPolicy bigram() {
    return TabularPolicy.of(Toy.WORDS, 1);
  }

  /** What is rejected says thrice what is chosen says once. */
  static PreferenceDataset repetitions() {
    return PreferenceDataset.of(
        PreferencePair.of("ask", " a b", " a b a b a b"),
        PreferencePair.of("ask", " c d", " c d c d c d"));
  }

  /** Chosen and rejected are the same but for a word that is said once more. */
  static PreferenceDataset marginal() {
    return PreferenceDataset.of(
        PreferencePair.of("ask", " a a b", " a a a b"),
        PreferencePair.of("ask", " c c d", " c c c d"));
  }

  static PreferenceDataset flipped(PreferenceDataset pairs) {
    return pairs.map(
        pair ->
            PreferencePair.of(plain(pair.prompt()), plain(pair.rejected()), plain(pair.chosen()))
                .withId("not " + pair.id()));
  }

  private static String plain(Text text) {
    return ((Text.Plain) text).text();
  }

  static PreferenceDataset together(PreferenceDataset one, PreferenceDataset other) {
    return PreferenceDataset.of(ImmutableList.copyOf(Iterables.concat(one, other)));
  }
}
