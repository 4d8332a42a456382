package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Streams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.dpo4j.api.Losses;
import org.dpo4j.api.NamedLoss;

/**
 * Which options don't go together, found before anything is read: one that would have no effect
 * beside another is an error, and says so.
 */
final class OptionRules {

  private static final String ADAPTER = "--adapter";
  private static final String CANDIDATE = "--candidate";
  private static final String FULL = "--full";
  private static final String INIT = "--init-adapter";
  private static final String LOSS = "--loss";
  private static final String REFERENCE = "--reference";
  private static final String REWARD_MODEL = "--reward-model";
  private static final String TEACHER = "--teacher-adapter";

  private static final String OWN =
      "has no effect beside --init-adapter, whose own counts, and is another";

  /** Where nothing is evaluated. */
  private static final String NOTHING = "--eval-fraction 0";

  private static final ImmutableSet<String> SFT = ImmutableSet.of("sft");
  private static final ImmutableSet<String> TRAIN = ImmutableSet.of("train", "estimate");
  private static final ImmutableSet<String> REWARDS = ImmutableSet.of("reward-model");
  private static final ImmutableSet<String> BEST_OF = ImmutableSet.of("best-of");
  private static final ImmutableSet<String> ANY = ImmutableSet.of();

  /** What draws answers, which given ones need not be. */
  private static final ImmutableList<String> DRAWING =
      ImmutableList.of(
          "--candidates",
          "--from-reference",
          "--max-tokens",
          "--temperature",
          "--top-k",
          "--top-p",
          "--min-p",
          "--repetition-penalty",
          "--stop",
          "--seed");

  /**
   * Options that some others stand in the way of.
   *
   * @param commands of which commands; of all that have such an option if there are none
   * @param options each by itself
   * @param stands whether the others do
   * @param message after the option's name
   */
  record Rule(
      ImmutableSet<String> commands,
      ImmutableList<String> options,
      Predicate<Given> stands,
      Function<Given, String> message) {

    /** What is wrong with what was given, if anything is. */
    Optional<String> problem(Given given) {
      return commands.isEmpty() || commands.contains(given.command())
          ? options.stream()
              .filter(given::has)
              .filter(option -> stands.test(given))
              .map(option -> option + " " + message.apply(given))
              .findFirst()
          : Optional.empty();
    }
  }

  static final ImmutableList<Rule> ALL =
      ImmutableList.of(
          rule(ANY, FULL)
              .beside(
                  INIT,
                  "and --init-adapter exclude each other; merge the adapter first with dpo merge"),
          rule(ANY, "--precision")
              .where(
                  given -> given.has(FULL) && !given.value("--precision").equals("float32"),
                  given ->
                      given.value("--precision")
                          + " does not go with --full: updates of weights are smaller than what bfloat16 rounds away"),
          rule(ANY, "--lora-rank", "--lora-alpha", "--lora-dropout", "--lora-targets")
              .beside(FULL, "has no effect beside --full, which trains no adapter"),
          rule(ANY, "--lora-rank")
              .where(
                  given ->
                      starts(
                          given,
                          own -> own.has("r", "rank_pattern", given.number("--lora-rank", 0))),
                  OWN),
          rule(ANY, "--lora-alpha")
              .where(
                  given ->
                      starts(
                          given,
                          own ->
                              own.has(
                                  "lora_alpha", "alpha_pattern", given.number("--lora-alpha", 0))),
                  OWN),
          rule(ANY, "--lora-targets")
              .where(given -> starts(given, own -> own.targets(targets(given))), OWN),
          rule(ANY, "--eval").beside("--eval-fraction", "and --eval-fraction exclude each other"),
          rule(ANY, "--eval-every")
              .where(
                  OptionRules::evaluatesNothing,
                  "has no effect beside " + NOTHING + ", which holds nothing out"),
          rule(SFT, "--pairing").always("has no effect in sft, which makes no pairs"),
          rule(TRAIN, "--pairing")
              .where(
                  given -> loss(given).filter(l -> !(l instanceof NamedLoss.OverPairs)).isPresent(),
                  given ->
                      "has no effect beside --loss "
                          + given.value(LOSS)
                          + ", which makes no pairs"),
          rule(ImmutableSet.of("inspect"), "--pairing")
              .where(
                  given -> !given.value("--as").equals("pairs"),
                  given ->
                      "has no effect beside --as "
                          + given.value("--as")
                          + ", which makes no pairs"),
          rule(TRAIN, "--accumulate")
              .where(
                  given -> couplesBatch(given) && given.number("--accumulate", 1) > 1,
                  OptionRules::wouldChangeLoss),
          rule(TRAIN, "--max-tokens")
              .where(OptionRules::couplesBatch, OptionRules::wouldChangeLoss),
          rule(TRAIN, "--batch-size")
              .where(
                  OptionRules::hasLonelyExamples,
                  given ->
                      "1 leaves --loss "
                          + given.value(LOSS)
                          + " one example a step, and its estimate of the KL is a mean over a step's examples;"
                          + " give more, or --accumulate"),
          rule(TRAIN, REFERENCE)
              .where(
                  given ->
                      given.value(REFERENCE).equals("none")
                          && loss(given)
                              .map(l -> l.objective().traits().needsReference())
                              .orElse(false),
                  given ->
                      "none does not go with --loss " + given.value(LOSS) + ", which needs one"),
          rule(ImmutableSet.of("train", "estimate", "sweep"), REFERENCE)
              .where(
                  given -> given.has(FULL) && given.value(REFERENCE).startsWith("adapter"),
                  given ->
                      given.value(REFERENCE)
                          + " does not go with --full, which trains the weights under every adapter; take copy or"
                          + " model:DIR"),
          rule(REWARDS, "--teacher-reference", "--teacher-beta")
              .where(given -> !given.has(TEACHER), "has no effect without --teacher-adapter"),
          rule(REWARDS, "--centering")
              .where(
                  OptionRules::isRegression,
                  "has no effect beside --teacher-adapter, whose rewards are learnt, unless with --loss"
                      + " bradley_terry"),
          rule(REWARDS, TEACHER)
              .where(
                  given -> !isRegression(given) && evaluatesNothing(given),
                  "has no effect beside --loss bradley_terry and "
                      + NOTHING
                      + ": it is neither learnt nor compared"),
          rule(BEST_OF, DRAWING.toArray(String[]::new))
              .beside(CANDIDATE, "has no effect beside --candidate: nothing is drawn"),
          rule(BEST_OF, "--words")
              .beside(
                  REWARD_MODEL,
                  "and --reward-model exclude each other: a reward model gives one number for the whole answer"),
          rule(BEST_OF, "--words").beside("--json", "has no effect beside --json"),
          rule(BEST_OF, REFERENCE)
              .beside(
                  REWARD_MODEL,
                  "and --reward-model exclude each other: a reward model has no reference"),
          rule(BEST_OF, "--beta")
              .beside(
                  REWARD_MODEL, "has no effect beside --reward-model, whose reward has no beta"),
          rule(BEST_OF, ADAPTER)
              .where(
                  given ->
                      given.has(REWARD_MODEL)
                          && (given.has(CANDIDATE) || given.has("--from-reference")),
                  given ->
                      "has no effect beside --reward-model and "
                          + (given.has(CANDIDATE) ? CANDIDATE : "--from-reference")
                          + ": it neither draws nor ranks"),
          rule(BEST_OF, "--from-reference")
              .where(
                  given -> !given.has(ADAPTER),
                  "has no effect without --adapter: both are the model"),
          rule(ImmutableSet.of("serve"), "--candidates", "--max-candidates")
              .where(
                  given -> given.number("--candidates", 0) > given.number("--max-candidates", 0),
                  given ->
                      "does not go together: --candidates is "
                          + given.value("--candidates")
                          + ", and --max-candidates "
                          + given.value("--max-candidates")),
          rule(ANY, "--limit").beside("--prompt", "has no effect beside --prompt, which is one"),
          rule(ANY, "--judge-model", "--criterion")
              .where(
                  given -> !given.value("--judge").startsWith("http"),
                  given ->
                      "has no effect beside --judge "
                          + given.value("--judge").replaceFirst(":.*", "")
                          + ", which is not an API"));

  private OptionRules() {}

  /** What doesn't go together of what was given, named on both sides. */
  static Optional<String> problem(Given given) {
    return Streams.concat(ALL.stream(), TrainingRules.ALL.stream())
        .flatMap(rule -> rule.problem(given).stream())
        .findFirst();
  }

  /** Whether training starts from an adapter of another form. */
  private static boolean starts(Given given, Predicate<AdapterFile> asStated) {
    return given.has(INIT) && !asStated.test(AdapterFile.in(Path.of(given.value(INIT))));
  }

  private static List<String> targets(Given given) {
    List<String> names = new ArrayList<>();
    if (given.object("--lora-targets").orElse(names) instanceof List<?> list) {
      list.forEach(name -> names.add(String.valueOf(name)));
    }
    return names;
  }

  private static boolean couplesBatch(Given given) {
    return loss(given).map(l -> l.objective().traits().couplesBatch()).orElse(false);
  }

  /** KTO's KL is that of the other examples of a step. */
  private static boolean hasLonelyExamples(Given given) {
    return given.number("--batch-size", 0) == 1
        && given.number("--accumulate", 1) == 1
        && loss(given)
            .filter(NamedLoss.OverUnpaired.class::isInstance)
            .map(l -> ((NamedLoss.OverUnpaired) l).objective().needsKlEstimate())
            .orElse(false);
  }

  private static String wouldChangeLoss(Given given) {
    return "would change --loss "
        + given.value(LOSS)
        + ", which compares the examples of a batch with each other; choose another --batch-size in its place";
  }

  private static boolean evaluatesNothing(Given given) {
    return !given.has("--eval") && given.number("--eval-fraction", 1) == 0;
  }

  private static boolean isRegression(Given given) {
    return given.value(LOSS).isEmpty()
        ? given.has(TEACHER)
        : given.value(LOSS).equals("regression");
  }

  /** The loss; empty where it isn't known, which the command says itself. */
  static Optional<NamedLoss> loss(Given given) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (given.object("--loss-param").orElse(parameters) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> parameters.put(String.valueOf(name), String.valueOf(value)));
    }
    try {
      return Optional.of(Losses.named(given.value(LOSS), parameters));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Options rule(ImmutableSet<String> commands, String... options) {
    return new Options(commands, ImmutableList.copyOf(options));
  }

  /** The first half of a rule. */
  record Options(ImmutableSet<String> commands, ImmutableList<String> options) {

    Rule where(Predicate<Given> stands, Function<Given, String> message) {
      return new Rule(commands, options, stands, message);
    }

    Rule where(Predicate<Given> stands, String message) {
      return where(stands, given -> message);
    }

    Rule beside(String other, String message) {
      return where(given -> given.has(other), message);
    }

    Rule always(String message) {
      return where(given -> true, message);
    }
  }
}
