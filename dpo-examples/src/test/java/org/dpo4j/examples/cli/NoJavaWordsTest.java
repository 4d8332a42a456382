package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.dpo4j.api.Remedy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever has no Java before him is told of options, and of no methods, parameters or classes. */
class NoJavaWordsTest {

  /** camelCase, calls, constants of enums, records' own toString, exceptions. */
  private static final Pattern JAVA =
      Pattern.compile(
          "\\b[a-z]+[A-Z]\\w*|\\w\\((?:\\)|…)|\\b[A-Z]\\w+\\.[a-zA-Z]\\w*\\(|\\b[A-Z][a-z]\\w+\\.[A-Z_]{2,}"
              + "|\\b[A-Z][a-zA-Z]+\\[\\w+=|Exception|\\bjava\\.|org\\.dpo4j|Optional");

  /** Names of others that look alike. */
  private static final Pattern NAMES =
      Pattern.compile("from_pretrained\\([^)]*\\)|AutoModelForCausalLM|\\bloss '[^']*'");

  private static final ImmutableMap<String, String> FILES =
      ImmutableMap.<String, String>builder()
          .put("pairs.jsonl", pairs(20, ""))
          .put("few.jsonl", pairs(3, ""))
          .put("long.jsonl", pairs(4, " very very very very very very very very"))
          .put(
              "strange.jsonl",
              "{\"question\":\"how\",\"good\":\" good\",\"bad\":\" bad\"}\n".repeat(9))
          .put("torn.jsonl", pairs(3, "") + "{\"prompt\":\"how\",\n")
          .put("lacking.jsonl", pairs(3, "") + "{\"prompt\":\"how\",\"chosen\":\" good\"}\n")
          .put(
              "thumbs.jsonl",
              "{\"prompt\":\"how\",\"completion\":\" good\",\"label\":true}\n".repeat(9))
          .put("shown.jsonl", "{\"prompt\":\"how\",\"completion\":\" good\"}\n".repeat(9))
          .put("empty.jsonl", "")
          .put(
              "scores.jsonl",
              "{\"prompt\":\"how\",\"responses\":[\" good\",\" bad\"],\"scores\":[5,2]}\n"
                  .repeat(9))
          .buildOrThrow();

  private static @TempDir Path root;

  private @TempDir Path own;

  private static String pairs(int count, String more) {
    return String.format(
            Locale.ROOT,
            "{\"prompt\":\"how%s\",\"chosen\":\" good\",\"rejected\":\" bad\"}%n",
            more)
        .repeat(count);
  }

  @BeforeAll
  static void writeFiles() throws IOException {
    FewWords.writeModel(Files.createDirectory(root.resolve("model")));
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Files.writeString(root.resolve(file.getKey()), file.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train MODEL --data strange.jsonl",
        "train MODEL --data torn.jsonl",
        "train MODEL --data lacking.jsonl",
        "train MODEL --data thumbs.jsonl",
        "train MODEL --data shown.jsonl",
        "train MODEL --data empty.jsonl",
        "train MODEL --data few.jsonl --eval-fraction 0.1",
        "train MODEL --data pairs.jsonl --max-length 1",
        "train MODEL --data pairs.jsonl --max-length 1 --unfit truncate_prompt",
        "train MODEL --data long.jsonl --eval-fraction 0 --unfit stop --max-length 4",
        "train MODEL --data long.jsonl --eval-fraction 0 --max-tokens 2",
        "train MODEL --data pairs.jsonl --columns chosen=good",
        "train MODEL --data pairs.jsonl --columns prompt=a,chosen=b,rejected=c",
        "train MODEL --data pairs.jsonl --columns nothing=good",
        "train MODEL --data pairs.jsonl --lora-targets no_such",
        "train MODEL --data pairs.jsonl --loss no_such",
        "train MODEL --data pairs.jsonl --loss dpo(no-such=1)",
        "train MODEL --data pairs.jsonl --loss kto(desirable-weight=-1)",
        "train MODEL --data pairs.jsonl --loss dpo(label-smoothing=2)",
        "train MODEL --data pairs.jsonl --loss aot(label-smoothing=0.1)",
        "train MODEL --data pairs.jsonl --loss dpo(margin-scale=-2)",
        "train MODEL --data pairs.jsonl --loss dpo(length-desensitised=2)",
        "train MODEL --data pairs.jsonl --loss aot(policy-weighted=true)",
        "train MODEL --data pairs.jsonl --loss cpo(nll-weight=-1)",
        "train MODEL --data pairs.jsonl --loss dpo+sft --loss-param gamma=1",
        "train MODEL --data pairs.jsonl --loss-param gamma",
        "train MODEL --data pairs.jsonl --loss kto",
        "train MODEL --data pairs.jsonl --loss plackett-luce --margin-per-point 1",
        "train MODEL --data pairs.jsonl --reference model:no_such",
        "train MODEL --data pairs.jsonl --reference adapter:model",
        "train MODEL --data pairs.jsonl --epochs two",
        "train MODEL --data pairs.jsonl --seed x",
        "train MODEL --data pairs.jsonl --beta x",
        "train MODEL --data pairs.jsonl --unfit never",
        "train MODEL --data pairs.jsonl --schedule steep",
        "train MODEL --data pairs.jsonl --date tomorrow",
        "train MODEL --data pairs.jsonl --boundary none",
        "train MODEL --data pairs.jsonl --chat",
        "train MODEL --data pairs.jsonl --max-memory 1",
        "train MODEL --data pairs.jsonl --device cuda:99",
        "train --model no_such --data pairs.jsonl",
        "sft MODEL --data thumbs.jsonl",
        "sft MODEL --data strange.jsonl",
        "sweep MODEL --data pairs.jsonl --losses kto",
        "sweep MODEL --data pairs.jsonl --losses dpo,dpo",
        "sweep MODEL --data few.jsonl",
        "reward-model MODEL --data pairs.jsonl --max-length 1",
        "reward-model MODEL --data few.jsonl --eval-fraction 0.1",
        "estimate MODEL --data scores.jsonl --loss kto",
        "inspect --data strange.jsonl",
        "inspect --data pairs.jsonl --as demonstrations --columns prompt=x,completion=y",
        "inspect --data shown.jsonl --as rankings",
        "score MODEL --data shown.jsonl",
        "score MODEL --data pairs.jsonl --adapter model",
        "check-reference MODEL --data thumbs.jsonl",
        "serve MODEL --adapter model --host no_such.host",
        "generate MODEL --prompt how",
        "generate MODEL --raw --data shown.jsonl --stop=",
        "best-of MODEL --raw --prompt how --reward-model model",
        "compare MODEL --raw --prompt how --a base --judge pattern:(",
        "compare MODEL --raw --prompt how --a base --judge implicit:model",
        "compare MODEL --raw --prompt how --a base --judge http://127.0.0.1:1/v1",
        "probe MODEL --after base --probes pairs.jsonl",
        "merge MODEL --adapter model",
        "report no_such",
        "report model",
        "serve MODEL --adapter model",
      })
  void aWrongCommandLine_isAnsweredInItsOwnWords(String line) {
    CalledDpo called = call(line);

    String told = NAMES.matcher(called.err()).replaceAll("");
    assertThat(told).as(line).doesNotContain("fault of dpo4j").doesNotContainPattern(JAVA);
    assertThat(called.exitCode()).as(called.err()).isNotZero();
  }

  private CalledDpo call(String line) {
    List<String> arguments = new ArrayList<>();
    for (String word : Splitter.on(' ').split(line)) {
      if (word.equals("MODEL")) {
        arguments.addAll(List.of("--model", root.resolve("model").toString()));
      } else {
        arguments.add(
            FILES.containsKey(word) || word.equals("model") || word.startsWith("no_such")
                ? root.resolve(word).toString()
                : word.replaceFirst(":(model|no_such)$", ":" + root + "/$1"));
      }
    }
    if (ImmutableList.of("train", "sft", "sweep", "reward-model", "merge", "compare")
        .contains(arguments.get(0))) {
      arguments.addAll(List.of("--out", own.resolve("out").toString()));
    }
    return CalledDpo.with(arguments.toArray());
  }

  @ParameterizedTest
  @EnumSource
  void whatHelps_isSaidInOptions(Remedy remedy) {
    assertThat(InOptions.said(remedy)).doesNotContainPattern(JAVA);
  }

  @Test
  void theWords_areFound() {
    assertThat("read with badRecords(BadRecords.COUNT)").containsPattern(JAVA);
    assertThat("use Losses.simPo(…)").containsPattern(JAVA);
    assertThat("go on with it by RunDirectory.resume(true)").containsPattern(JAVA);
    assertThat("[Skipped[reason=too long]]").containsPattern(JAVA);
  }
}
