package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/** Which numbers options take: all of them in one place, looked at before anything is read. */
final class OptionRanges {

  private static final ImmutableSet<String> ANY = ImmutableSet.of();

  /**
   * A rule for numbers.
   *
   * @param commands of which commands; of all that have such an option if there are none
   * @param options whose values, each of them where there are several
   * @param rule follows "must be"
   * @param holds whether a number keeps it
   */
  record Range(
      ImmutableSet<String> commands,
      ImmutableList<String> options,
      String rule,
      DoublePredicate holds) {

    boolean isOf(String command, String option) {
      return options.contains(option) && (commands.isEmpty() || commands.contains(command));
    }
  }

  static final ImmutableList<Range> ALL =
      ImmutableList.of(
          wholeFrom(
              1,
              "--accumulate",
              "--batch-size",
              "--cache-mib",
              "--candidates",
              "--checkpoint-every",
              "--checkpoint-minutes",
              "--early-stopping",
              "--epochs",
              "--eval-every",
              "--keep",
              "--kl-prompts",
              "--kl-samples",
              "--kl-tokens",
              "--limit",
              "--lora-rank",
              "--max-candidates",
              "--max-connections",
              "--max-length",
              "--max-memory",
              "--max-samples",
              "--max-steps",
              "--max-tokens",
              "--pairs",
              "--patience-seconds",
              "--queue",
              "--workers"),
          wholeFrom(0, "--examples", "--grace-seconds", "--timing-seconds", "--top-k"),
          new Range(ImmutableSet.of("generate"), ImmutableList.of("--samples"), "≥ 1", n -> n >= 1),
          new Range(
              ImmutableSet.of("train", "estimate", "sft"),
              ImmutableList.of("--samples"),
              "≥ 0",
              n -> n >= 0),
          range(
              "a finite number > 0",
              n -> n > 0 && Double.isFinite(n),
              "--beta",
              "--betas",
              "--learning-rate",
              "--lora-alpha",
              "--mix",
              "--repetition-penalty",
              "--teacher-beta"),
          range("a number > 0", n -> n > 0, "--max-grad-norm"),
          range(
              "a finite number ≥ 0",
              n -> n >= 0 && Double.isFinite(n),
              "--centering",
              "--margin-per-point",
              "--margin-per-spread",
              "--temperature",
              "--weight-decay"),
          range(
              "in [0, 1)",
              n -> n >= 0 && n < 1,
              "--adam-betas",
              "--eval-fraction",
              "--lora-dropout",
              "--momentum",
              "--warmup"),
          range("in [0, 1]", n -> n >= 0 && n <= 1, "--max-drop", "--min-p"),
          range("in (0, 1]", n -> n > 0 && n <= 1, "--top-p"),
          range("in [0, 65535]", n -> n >= 0 && n <= 65_535, "--port"),
          range("any whole number", n -> true, "--seed"));

  private OptionRanges() {}

  private static Range wholeFrom(int least, String... options) {
    return range("≥ " + least, n -> n >= least, options);
  }

  private static Range range(String rule, DoublePredicate holds, String... options) {
    return new Range(ANY, ImmutableList.copyOf(options), rule, holds);
  }

  /** What is wrong with a number that was given, if anything is. */
  static Optional<String> problem(Given given) {
    return given.options().stream()
        .flatMap(option -> problems(given.command(), option))
        .findFirst();
  }

  private static Stream<String> problems(String command, OptionSpec option) {
    List<Double> numbers = numbers(option.getValue()).toList();
    return ALL.stream()
        .filter(range -> range.isOf(command, option.longestName()))
        .flatMap(
            range ->
                numbers.stream()
                    .filter(number -> !range.holds().test(number))
                    .map(
                        number ->
                            String.format(
                                Locale.ROOT,
                                "%s must be %s, got %s",
                                option.longestName(),
                                range.rule(),
                                shown(number))));
  }

  /** The numbers that are, or are in, a value. */
  private static Stream<Double> numbers(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.stream().flatMap(OptionRanges::numbers);
    }
    if (value instanceof Collection<?> many) {
      return many.stream().flatMap(OptionRanges::numbers);
    }
    return value instanceof Number number ? Stream.of(number.doubleValue()) : Stream.empty();
  }

  private static String shown(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
