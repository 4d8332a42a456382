package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is wrong in itself is told before anything is read: there are no model and no data here. */
class CheckedFirstTest {

  private static final String TRAIN = "--model m --data d --out o ";
  private static final String GENERATE = "--model m --prompt p ";
  private static final String SERVE = "--model m --adapter a ";

  private @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train | --beta -1 | --beta must be a finite number > 0, got -1",
        "train | --beta NaN | --beta must be a finite number > 0, got NaN",
        "train | --batch-size 0 | --batch-size must be ≥ 1, got 0",
        "train | --accumulate 0 | --accumulate must be ≥ 1, got 0",
        "train | --epochs 0 | --epochs must be ≥ 1, got 0",
        "train | --max-steps 0 | --max-steps must be ≥ 1, got 0",
        "train | --max-tokens 0 | --max-tokens must be ≥ 1, got 0",
        "train | --learning-rate -1 | --learning-rate must be a finite number > 0, got -1",
        "train | --learning-rate 0 | --learning-rate must be a finite number > 0, got 0",
        "train | --warmup 1 | --warmup must be in [0, 1), got 1",
        "train | --max-grad-norm 0 | --max-grad-norm must be a number > 0, got 0",
        "train | --lora-rank 0 | --lora-rank must be ≥ 1, got 0",
        "train | --lora-alpha 0 | --lora-alpha must be a finite number > 0, got 0",
        "train | --lora-dropout 1 | --lora-dropout must be in [0, 1), got 1",
        "train | --max-length 0 | --max-length must be ≥ 1, got 0",
        "train | --eval-fraction 1.5 | --eval-fraction must be in [0, 1), got 1.5",
        "train | --eval-every 0 | --eval-every must be ≥ 1, got 0",
        "train | --keep 0 | --keep must be ≥ 1, got 0",
        "train | --checkpoint-every 0 | --checkpoint-every must be ≥ 1, got 0",
        "train | --checkpoint-minutes 0 | --checkpoint-minutes must be ≥ 1, got 0",
        "train | --max-memory 0 | --max-memory must be ≥ 1, got 0",
        "train | --samples -1 | --samples must be ≥ 0, got -1",
        "train | --margin-per-point -1 | --margin-per-point must be a finite number ≥ 0, got -1",
        "sft | --epochs -3 | --epochs must be ≥ 1, got -3",
        "estimate | --timing-seconds -1 | --timing-seconds must be ≥ 0, got -1",
        "sweep | --betas 0.1,-1 | --betas must be a finite number > 0, got -1",
        "reward-model | --batch-size 0 | --batch-size must be ≥ 1, got 0",
        "reward-model | --centering -1 | --centering must be a finite number ≥ 0, got -1",
        "train | --loss kto --batch-size 1 | --batch-size 1 leaves --loss kto one example a step, and its estimate of the KL is a mean over a step's examples; give more, or --accumulate",
        "train | --reference adapter_off | --reference must be adapter-off, adapter:DIR, model:DIR, cached, moving, copy or none, got 'adapter_off'",
        "train | --reference copy:2 | --reference must be adapter-off, adapter:DIR, model:DIR, cached, moving, copy or none, got 'copy:2'",
        "train | --reference adapter: | --reference adapter: and model: need a directory, such as adapter:runs/sft/final",
        "train | --reference moving:2:1 | --reference moving needs ALPHA:STEPS, a number in (0, 1] and one ≥ 1, such as moving:0.6:100, got '2:1'",
        "train | --reference none | --reference none does not go with --loss dpo, which needs one",
        "train | --loss aot --accumulate 2 | --accumulate would change --loss aot, which compares the examples of a batch with each other; choose another --batch-size in its place",
        "train | --device tpu | --device must be auto, cpu, cuda or cuda:n, got 'tpu'",
        "train | --bad-records -1 | --bad-records must be stop, count or a number ≥ 0, got '-1'",
        "sweep | --eval-fraction 0 | settings are compared on held-out pairs: give some with --eval or --eval-fraction",
        "reward-model | --loss regression | --loss regression needs --teacher-adapter",
        "reward-model | --teacher-adapter a --teacher-reference none | --teacher-reference must be adapter-off, adapter:DIR or model:DIR, got 'none'",
      })
  void training_calledTheWrongWay_isToldBeforeAnythingIsRead(
      String command, String options, String message) {
    requireRefused(command, TRAIN + options, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "score | --model m --data d --batch-size 0 | --batch-size must be ≥ 1, got 0",
        "score | --model m --data d --reference cached | --reference must be adapter-off, adapter:DIR or model:DIR, got 'cached'",
        "score | --model m --data d --out /no/such/folder/x | --out must be a file in a folder that is there, and /no/such/folder is none, got /no/such/folder/x",
        "check-reference | --model m --data d --pairs 0 | --pairs must be ≥ 1, got 0",
        "check-reference | --model m --data d --reference copy | --reference must be adapter-off, adapter:DIR or model:DIR, got 'copy'",
        "inspect | --data d --examples -1 | --examples must be ≥ 0, got -1",
        "generate | " + GENERATE + "--samples 0 | --samples must be ≥ 1, got 0",
        "generate | "
            + GENERATE
            + "--temperature -1 | --temperature must be a finite number ≥ 0, got -1",
        "generate | " + GENERATE + "--top-p 0 | --top-p must be in (0, 1], got 0",
        "generate | --model m | one of --prompt and --data is needed",
        "best-of | " + GENERATE + "-n 0 | --candidates must be ≥ 1, got 0",
        "compare | "
            + GENERATE
            + "--out o --a x --judge pattern:x | --a must be base, adapter:DIR or model:DIR, got 'x'",
        "compare | "
            + GENERATE
            + "--out o --a base --judge x | --judge must be implicit:ADAPTER, reward-model:DIR, pattern:RE2 or an http address",
        "compare | "
            + GENERATE
            + "--out o --a base --judge http://u:p@h/ --judge-model j | --judge must be an address with a host and without a user; the key goes into DPO_JUDGE_KEY",
        "probe | --model m --after x | --after must be base, adapter:DIR or model:DIR, got 'x'",
        "probe | --model m --after base --max-drop 2 | --max-drop must be in [0, 1], got 2",
        "serve | " + SERVE + "--port 70000 | --port must be in [0, 65535], got 70000",
        "serve | " + SERVE + "--workers 0 | --workers must be ≥ 1, got 0",
      })
  void answering_calledTheWrongWay_isToldBeforeAnythingIsRead(
      String command, String options, String message) {
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

  /** A new option of numbers has no range that somebody forgot. */
  @Test
  void everyOptionOfNumbers_hasARange() {
    Map<String, String> without = new TreeMap<>();
    Dpo.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) ->
                command.getCommandSpec().options().stream()
                    .filter(CheckedFirstTest::takesNumbers)
                    .filter(
                        option ->
                            OptionRanges.ALL.stream()
                                .noneMatch(range -> range.isOf(name, option.longestName())))
                    .forEach(option -> without.put(option.longestName(), name)));

    assertThat(without).isEmpty();
  }

  private static boolean takesNumbers(OptionSpec option) {
    Class<?> type =
        Optional.class.isAssignableFrom(option.type())
                || Collection.class.isAssignableFrom(option.type())
            ? option.auxiliaryTypes()[0]
            : option.type();
    return type == int.class
        || type == long.class
        || type == double.class
        || Number.class.isAssignableFrom(type);
  }

  @Test
  void ranges_nameOptionsThatThereAre() {
    List<String> all =
        Dpo.commandLine().getSubcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .flatMap(command -> command.optionsMap().keySet().stream())
            .toList();

    for (OptionRanges.Range range : OptionRanges.ALL) {
      assertThat(all).containsAll(range.options());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sft", "sweep"})
  void aRunThatIsThere_isRefused_unlessItIsToGoOn(String command) throws IOException {
    Path out = directory.resolve("run");
    Path run = command.equals("sweep") ? out.resolve("dpo-beta-0.1") : out;
    Files.createDirectories(run);
    Files.writeString(run.resolve("run.json"), "{}");
    Object[] call = {command, "--model", "m", "--data", "no.jsonl", "--out", out};

    CalledDpo called = CalledDpo.with(call);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .isEqualToNormalizingNewlines(
            "dpo: there is a run in "
                + run
                + " already; go on with it by --resume, or name another folder with --out; see dpo "
                + command
                + " --help\n");
    List<Object> resumed = new ArrayList<>(List.of(call));
    resumed.add("--resume");
    assertThat(CalledDpo.with(resumed.toArray()).exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sft"})
  void aFolderOfSomethingElse_isRefused(String command) throws IOException {
    Files.writeString(directory.resolve("thesis.tex"), "");

    CalledDpo called =
        CalledDpo.with(command, "--model", "m", "--data", "no.jsonl", "--out", directory);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("thesis.tex").doesNotContain("no.jsonl");
  }

  @Test
  void aRunInUse_isRefused() throws IOException {
    Files.writeString(directory.resolve("run.json"), "{}");
    try (FileChannel lock =
            FileChannel.open(
                directory.resolve("run.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      assertThat(held.isValid()).isTrue();

      CalledDpo called =
          CalledDpo.with(
              "train", "--model", "m", "--data", "no.jsonl", "--out", directory, "--resume");

      assertThat(called.exitCode()).isEqualTo(2);
      assertThat(called.err()).contains("another run is in " + directory);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "sft", "sweep", "reward-model", "merge"})
  void aPlaceThatCannotBeWritten_isRefused(String command) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    CalledDpo called =
        CalledDpo.with(
            command,
            "--model",
            "m",
            command.equals("merge") ? "--adapter" : "--data",
            "d",
            "--out",
            file.resolve("run"));

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .startsWith("dpo: --out must be a folder, and " + file + " is a file, got " + file);
  }

  @Test
  void aDemoThatIsThere_isRefused() {
    CalledDpo called = CalledDpo.with("demo", "--out", directory);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).startsWith("dpo: --out must be a new directory, got " + directory);
  }

  @Test
  void aRefusal_leavesNothingBehind() {
    Path out = directory.resolve("run");

    assertThat(
            CalledDpo.with("reward-model", "--model", "m", "--data", "no.jsonl", "--out", out)
                .exitCode())
        .isEqualTo(1);

    assertThat(directory).isEmptyDirectory();
  }
}
