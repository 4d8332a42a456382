package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An option without effect is an error, before anything is read: there are no model and no data
 * here.
 */
class OptionRulesTest {

  private static final String TRAIN = "--model m --data d --out o ";

  private @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "train | --full --init-adapter a | --full and --init-adapter exclude each other; merge the adapter first with dpo merge",
        "train | --full --precision bfloat16_weights | --precision bfloat16_weights does not go with --full: updates of weights are smaller than what bfloat16 rounds away",
        "sft | --full --lora-rank 16 | --lora-rank has no effect beside --full, which trains no adapter",
        "train | --full --lora-dropout 0 | --lora-dropout has no effect beside --full, which trains no adapter",
        "estimate | --full --lora-alpha 32 | --lora-alpha has no effect beside --full, which trains no adapter",
        "train | --init-adapter a --lora-rank 4 | --lora-rank has no effect beside --init-adapter, whose own counts, and is another",
        "sweep | --init-adapter a --lora-targets q_proj | --lora-targets has no effect beside --init-adapter, whose own counts, and is another",
        "train | --init-adapter a --lora-alpha 8 | --lora-alpha has no effect beside --init-adapter, whose own counts, and is another",
        "train | --eval e --eval-fraction 0.1 | --eval and --eval-fraction exclude each other",
        "reward-model | --eval e --eval-fraction 0 | --eval and --eval-fraction exclude each other",
        "sft | --eval-every 2 --eval-fraction 0 | --eval-every has no effect beside --eval-fraction 0, which holds nothing out",
        "sft | --pairing all | --pairing has no effect in sft, which makes no pairs",
        "train | --loss kto --pairing all | --pairing has no effect beside --loss kto, which makes no pairs",
        "train | --loss plackett-luce --pairing best_and_worst | --pairing has no effect beside --loss plackett-luce, which makes no pairs",
        "train | --loss aot --accumulate 2 | --accumulate would change --loss aot, which compares the examples of a batch with each other; choose another --batch-size in its place",
        "train | --loss bco --max-tokens 100 | --max-tokens would change --loss bco, which compares the examples of a batch with each other; choose another --batch-size in its place",
        "train | --loss ipo --reference none | --reference none does not go with --loss ipo, which needs one",
        "train | --full --reference adapter-off | --reference adapter-off does not go with --full, which trains the weights under every adapter; take copy or model:DIR",
        "sweep | --full --reference adapter:A | --reference adapter:A does not go with --full, which trains the weights under every adapter; take copy or model:DIR",
        "train | --optimizer sgd | --optimizer sgd needs --learning-rate: the usual ones are AdamW's",
        "sft | --optimizer sgd --learning-rate 1 --weight-decay 0.1 | --weight-decay has no effect beside --optimizer sgd",
        "train | --optimizer rmsprop --adam-betas 0.9,0.99 | --adam-betas has no effect beside --optimizer rmsprop",
        "train | --adam-betas 0.9 | --adam-betas must be two numbers, such as 0.9,0.999",
        "train | --momentum 0.9 | --momentum has no effect beside --optimizer adamw",
        "train | --full --lora-stabilized | --lora-stabilized has no effect beside --full, which trains no adapter",
        "sft | --full --lora-layers 0-3 | --lora-layers has no effect beside --full, which trains no adapter",
        "train | --init-adapter a --lora-layers 0-3 | --lora-layers has no effect beside --init-adapter, whose own counts",
        "sweep | --init-adapter a --lora-stabilized | --lora-stabilized has no effect beside --init-adapter, whose own counts",
        "train | --early-stopping 2 | --early-stopping needs --eval-every: it is asked after each evaluation",
        "train | --eval-every 2 --early-stopping-on margin | --early-stopping-on has no effect without --early-stopping",
        "sft | --eval-every 2 --early-stopping 1 --early-stopping-on accuracy | --early-stopping-on accuracy is not measured in sft; take loss",
        "train | --eval-every 2 --early-stopping 1 --early-stopping-on margin --loss kto | --early-stopping-on margin is of pairs, and --loss kto has none; take loss",
        "train | --mix 0.5,0.5 | --mix must have a share for each path of --data: 1, got 2",
        "estimate | --mix 1 --margin-per-spread 1 | --mix and --margin-per-spread exclude each other: each path has a spread of its own; take --margin-per-point",
        "reward-model | --teacher-beta 0.1 | --teacher-beta has no effect without --teacher-adapter",
        "reward-model | --teacher-reference adapter-off | --teacher-reference has no effect without --teacher-adapter",
        "reward-model | --teacher-adapter a --centering 0.1 | --centering has no effect beside --teacher-adapter, whose rewards are learnt, unless with --loss bradley_terry",
        "reward-model | --teacher-adapter a --loss bradley_terry --eval-fraction 0 | --teacher-adapter has no effect beside --loss bradley_terry and --eval-fraction 0: it is neither learnt nor compared",
      })
  void training_anOptionThatHasNoEffect_isAnError(String command, String options, String message) {
    requireRefused(command, TRAIN + options, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "inspect | --data d --as thumbs --pairing all | --pairing has no effect beside --as thumbs, which makes no pairs",
        "best-of | --model m --prompt p --candidate c -n 4 | --candidates has no effect beside --candidate: nothing is drawn",
        "best-of | --model m --prompt p --candidate c --temperature 0 | --temperature has no effect beside --candidate: nothing is drawn",
        "best-of | --model m --prompt p --candidate c --seed 1 | --seed has no effect beside --candidate: nothing is drawn",
        "best-of | --model m --prompt p --words --json | --words has no effect beside --json",
        "best-of | --model m --prompt p --reward-model r --beta 1 | --beta has no effect beside --reward-model, whose reward has no beta",
        "best-of | --model m --prompt p --reward-model r --reference adapter-off | --reference and --reward-model exclude each other: a reward model has no reference",
        "best-of | --model m --prompt p --reward-model r --adapter a --candidate c | --adapter has no effect beside --reward-model and --candidate: it neither draws nor ranks",
        "best-of | --model m --prompt p --reward-model r --adapter a --from-reference | --adapter has no effect beside --reward-model and --from-reference: it neither draws nor ranks",
        "best-of | --model m --prompt p --from-reference | --from-reference has no effect without --adapter: both are the model",
        "generate | --model m --prompt p --limit 1 | --limit has no effect beside --prompt, which is one",
        "compare | --model m --prompt p --out o --a base --judge pattern:x --judge-model j | --judge-model has no effect beside --judge pattern, which is not an API",
        "compare | --model m --prompt p --out o --a base --judge implicit:a --criterion c | --criterion has no effect beside --judge implicit, which is not an API",
      })
  void answers_anOptionThatHasNoEffect_isAnError(String command, String options, String message) {
    requireRefused(command, options, message);
  }

  private static void requireRefused(String command, String options, String message) {
    List<Object> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(Splitter.on(' ').omitEmptyStrings().splitToList(options));

    CalledDpo called = CalledDpo.with(arguments.toArray());

    assertThat(called.err())
        .isEqualToNormalizingNewlines("dpo: " + message + "; see dpo " + command + " --help\n");
    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.out()).isEmpty();
  }

  /** What is only repeated takes nothing away. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lora-rank 4 | 1",
        "--lora-rank 8 | 2",
        "--lora-alpha 8 | 1",
        "--lora-alpha 16 | 2",
        "--lora-targets v_proj,q_proj | 1",
        "--lora-targets q_proj | 2"
      })
  void training_fromAnAdapter_takesWhatItHas(String options, int exitCode) throws IOException {
    Files.writeString(
        directory.resolve("adapter_config.json"),
        """
        {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], "rank_pattern": {}}
        """);
    List<Object> arguments =
        new ArrayList<>(List.of("train", "--model", "m", "--data", "no.jsonl", "--init-adapter"));
    arguments.addAll(List.of(directory, "--out", directory.resolve("run")));
    arguments.addAll(Splitter.on(' ').splitToList(options));

    assertThat(CalledDpo.with(arguments.toArray()).exitCode()).isEqualTo(exitCode);
  }

  /** They fail for want of a model, and not before. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train | --init-adapter a --lora-dropout 0",
        "train | --eval e --eval-every 2",
        "train | --eval-every 2",
        "train | --loss aot --accumulate 1",
        "train | --optimizer sgd --learning-rate 1 --momentum 0.9",
        "train | --weight-decay 0.1 --adam-betas 0.9,0.95 --lora-stabilized --lora-layers 1-2",
        "train | --eval-every 2 --early-stopping 1 --early-stopping-on accuracy",
        "sft | --eval-every 2 --early-stopping 1 --mix 1 --max-samples 4",
        "train | --loss simpo --reference none",
        "train | --pairing best_and_worst --lora-rank 4",
        "reward-model | --teacher-adapter a --loss bradley_terry --centering 0.1",
        "reward-model | --centering 0.1 --eval-fraction 0",
      })
  void training_optionsThatGoTogether_areTaken(String command, String options) {
    List<Object> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(Splitter.on(' ').splitToList("--model m --data no.jsonl --out"));
    arguments.add(directory.resolve("run"));
    arguments.addAll(Splitter.on(' ').splitToList(options));

    CalledDpo called = CalledDpo.with(arguments.toArray());

    assertThat(called.exitCode()).as(called.err()).isEqualTo(1);
    assertThat(called.err()).contains("there is no folder m");
  }

  @Test
  void aFileOfOptions_countsLikeTheCommandLine() throws IOException {
    Path config = Files.writeString(directory.resolve("run.yaml"), "full: true\nlora-rank: 4\n");
    Path off = Files.writeString(directory.resolve("off.yaml"), "full: false\nlora-rank: 4\n");

    CalledDpo called =
        CalledDpo.with(
            "train", "--config", config, "--model", "m", "--data", "no.jsonl", "--out", directory);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .startsWith("dpo: --lora-rank has no effect beside --full, which trains no adapter");
    assertThat(
            CalledDpo.with(
                    "train", "--config", off, "--model", "m", "--data", "no.jsonl", "--out", "o")
                .exitCode())
        .isEqualTo(1);
  }

  @Test
  void help_isGivenWhateverElseStandsThere() {
    assertThat(CalledDpo.with("train", "--full", "--lora-rank", "4", "--help").exitCode()).isZero();
  }

  @Test
  void rules_nameOptionsThatThereAre() {
    Set<String> all = new TreeSet<>();
    Dpo.commandLine()
        .getSubcommands()
        .values()
        .forEach(command -> all.addAll(command.getCommandSpec().optionsMap().keySet()));

    for (OptionRules.Rule rule : Iterables.concat(OptionRules.ALL, TrainingRules.ALL)) {
      assertThat(all).containsAll(rule.options());
    }
  }
}
