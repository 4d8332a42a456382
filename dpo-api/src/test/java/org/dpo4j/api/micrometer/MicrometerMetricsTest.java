package org.dpo4j.api.micrometer;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.NonFinite;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainingListener;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;

class MicrometerMetricsTest {

  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("ask a b c d e"));
  private static final PreferenceDataset PAIRS =
      PreferenceDataset.of(
          PreferencePair.of("ask", " a", " b"),
          PreferencePair.of("ask a", " c d", " e"),
          PreferencePair.of("ask b", " d", " e a"));
  private static final PreferenceDataset HELD_OUT =
      PreferenceDataset.of(PreferencePair.of("ask", " a", " c"));

  private final MeterRegistry registry = new SimpleMeterRegistry();

  /** Six steps of a pair each, with an evaluation after every second. */
  private static DpoTrainer.Builder trainer() {
    return DpoTrainer.builder()
        .policy(TabularPolicy.of(WORDS))
        .batchSize(1)
        .epochs(2)
        .evaluation(HELD_OUT)
        .evaluateEvery(2);
  }

  /** Uniform, but what it says the second time is not a number. */
  private static Reference brokenOnce() {
    TokenScorer uniform = TabularPolicy.of(WORDS);
    int[] calls = {0};
    return Reference.model(
        (groups, statistics) -> {
          boolean broken = ++calls[0] == 2;
          return TokenScores.of(
              uniform.logProbs(groups).map((row, token) -> broken ? Double.NaN : -1.0), Map.of());
        });
  }

  private double count(String counter, String... tags) {
    return registry.get(counter).tags(tags).counter().count();
  }

  private Map<String, Double> gauges(String name, String... tags) {
    return registry.get(name).tags(tags).gauges().stream()
        .collect(
            toImmutableMap(
                gauge -> Objects.requireNonNull(gauge.getId().getTag("metric")), Gauge::value));
  }

  @Test
  void aRun_isCountedAndItsLastValuesShown() {
    TrainingReport report = trainer().listener(MicrometerMetrics.of(registry)).build().train(PAIRS);

    assertThat(count("dpo.steps")).isEqualTo(6);
    assertThat(count("dpo.steps.skipped")).isZero();
    assertThat(gauges("dpo.train"))
        .containsAllEntriesOf(report.finalMetrics().asMap())
        .containsEntry("step", 6.0)
        .hasSize(report.finalMetrics().names().size() + 1)
        .containsKeys("loss", "rewards/margins", "logps/chosen");
    assertThat(gauges("dpo.eval").keySet()).contains("loss", "rewards/accuracies");
    gauges("dpo.eval")
        .forEach(
            (name, value) ->
                assertThat(value).isEqualTo(report.finalEvaluation().get("eval_" + name)));
  }

  @Test
  void alarms_areCountedByKind_fromZero() {
    MicrometerMetrics metrics = MicrometerMetrics.of(registry, "run", "first");
    for (Alarm.Kind kind : Alarm.Kind.values()) {
      assertThat(count("dpo.alarms", "kind", kind.id(), "run", "first")).isZero();
    }

    TrainingReport report = trainer().listener(metrics).build().train(PAIRS);

    assertThat(report.alarms())
        .singleElement()
        .extracting(Alarm::kind)
        .isEqualTo(Alarm.Kind.FEW_EXAMPLES);
    assertThat(count("dpo.alarms", "kind", "few_examples")).isOne();
    assertThat(count("dpo.alarms", "kind", "chosen_falling")).isZero();
  }

  @Test
  void aSkippedStep_isCountedApart() {
    TrainingReport unused =
        trainer()
            .reference(brokenOnce())
            .evaluateEvery(100)
            .onNonFinite(NonFinite.SKIP)
            .listener(MicrometerMetrics.of(registry))
            .build()
            .train(PAIRS);

    assertThat(count("dpo.steps.skipped")).isOne();
    assertThat(count("dpo.steps")).isEqualTo(5);
    assertThat(gauges("dpo.train")).containsEntry("skipped_steps", 1.0);
  }

  /** A gauge registered once more would go on showing the run that is over. */
  @Test
  void aNextRunOfTheSameTags_takesThePlaceOfTheOneThatIsOver() {
    TrainingReport first =
        trainer().listener(MicrometerMetrics.of(registry, "run", "a")).build().train(PAIRS);
    TrainingReport next =
        trainer()
            .maxSteps(2)
            .listener(MicrometerMetrics.of(registry, "run", "a"))
            .build()
            .train(PAIRS);

    assertThat(gauges("dpo.train"))
        .containsAllEntriesOf(next.finalMetrics().asMap())
        .containsEntry("step", 2.0);
    assertThat(count("dpo.steps")).isEqualTo(first.steps().size() + 2.0);
  }

  @Test
  void runsOfOtherTags_areSideBySide() {
    TrainingReport one =
        trainer().listener(MicrometerMetrics.of(registry, "run", "a")).build().train(PAIRS);
    TrainingReport other =
        trainer()
            .beta(0.7)
            .listener(MicrometerMetrics.of(registry, "run", "b"))
            .build()
            .train(PAIRS);

    assertThat(gauges("dpo.train", "run", "a")).containsAllEntriesOf(one.finalMetrics().asMap());
    assertThat(gauges("dpo.train", "run", "b")).containsAllEntriesOf(other.finalMetrics().asMap());
  }

  @Test
  void gauges_outliveTheListener() throws InterruptedException {
    TrainingReport report = trainer().listener(MicrometerMetrics.of(registry)).build().train(PAIRS);

    System.gc();

    assertThat(gauges("dpo.train")).containsAllEntriesOf(report.finalMetrics().asMap());
  }

  @Test
  void tags_areCheckedBeforeAnythingIsRegistered() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MicrometerMetrics.of(registry, "run"))
        .withMessage("tags must be keys and values in turn, got [run]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MicrometerMetrics.of(registry, "run", "a", "metric", "b"))
        .withMessage(
            "tags must leave the keys metric and kind to the meters, got [tag(metric=b),tag(run=a)]");
    assertThat(registry.getMeters()).isEmpty();
  }

  /** Were it transitive, too, no module that uses this one would compile without Micrometer. */
  @Test
  void theModule_leavesMicrometerToThoseWhoHaveIt() {
    assertThat(
            ModuleFinder.of(Path.of("target", "classes"))
                .find("org.dpo4j.api")
                .orElseThrow()
                .descriptor()
                .requires())
        .filteredOn(required -> required.name().equals("micrometer.core"))
        .singleElement()
        .extracting(ModuleDescriptor.Requires::modifiers)
        .isEqualTo(Set.of(ModuleDescriptor.Requires.Modifier.STATIC));
  }

  /** What the document shows is compiled and run here. */
  @Test
  void theCodeInTheDocument_isThis() throws IOException {
    DpoTrainer.Builder trainer = trainer();
    PreferenceDataset pairs = PAIRS;

    MeterRegistry registry = new SimpleMeterRegistry(); // or the one that the service has
    TrainingListener metrics = MicrometerMetrics.of(registry, "run", "first");
    TrainingReport report = trainer.listener(metrics).build().train(pairs);

    assertThat(registry.get("dpo.steps").tag("run", "first").counter().count())
        .isEqualTo(report.steps().size());
    String source = squeezed(Path.of("src", "test", "java", sourceFile()));
    assertThat(
            Pattern.compile("```java (.*?) ```")
                .matcher(squeezed(Path.of("..", "docs", "monitoring.md")))
                .results()
                .map((MatchResult block) -> block.group(1)))
        .hasSize(1)
        .allSatisfy(block -> assertThat(source).contains(block));
  }

  private static String sourceFile() {
    return MicrometerMetricsTest.class.getName().replace('.', '/') + ".java";
  }

  private static String squeezed(Path file) throws IOException {
    return Files.readString(file).replaceAll("\\s+", " ");
  }
}
