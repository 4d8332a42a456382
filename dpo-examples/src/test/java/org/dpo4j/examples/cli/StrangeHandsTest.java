package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpo4j.torch.FreshWeights;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command line, and files of options, that come from somebody else or are mistyped. */
class StrangeHandsTest {

  private static final String PAIR = "{\"prompt\":\"a\",\"chosen\":\" b\",\"rejected\":\" c\"}\n";

  private @TempDir Path directory;

  @Test
  void config_thatIsAFolder_isRefusedOnOneLine() {
    requireUsage(
        CalledDpo.with("train", "--config", directory),
        "dpo: " + directory + " must be a file of YAML, and is a folder; see dpo --help");
  }

  @Test
  void config_thatIsBinary_isRefusedOnOneLine() throws IOException {
    Path config = Files.write(directory.resolve("c.yaml"), new byte[] {(byte) 0xff, 0, 1, 2});

    requireUsage(
        CalledDpo.with("train", "--config", config),
        "dpo: " + config + " must be YAML in UTF-8, and is no text; see dpo --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: &a [[*a]]", "data: &a x\nout: *a", "data: &a x"})
  void config_withAnchors_isRefused(String yaml) throws IOException {
    Path config = Files.writeString(directory.resolve("c.yaml"), yaml);

    requireUsage(
        CalledDpo.with("train", "--config", config),
        "dpo: "
            + config
            + ": line 1: anchors (&name) and aliases (*name) are not taken; see dpo --help");
  }

  @Test
  void config_ofListsInLists_isRefusedAtAnyDepth() throws IOException {
    Path config = Files.writeString(directory.resolve("c.yaml"), "data: [[x]]");
    Path deep = Files.writeString(directory.resolve("deep.yaml"), "data: " + "[".repeat(100_000));

    requireUsage(
        CalledDpo.with("train", "--config", config),
        "dpo: "
            + config
            + ": 'data' must be a value or a list of values, got nothing, or a list in a list; see dpo --help");
    assertThat(CalledDpo.with("train", "--config", deep).exitCode()).isEqualTo(2);
    assertThat(CalledDpo.with("train", "--config", deep).err()).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${env:HOME}/x.jsonl", "${sys:user.home}/x.jsonl", "$${HOME}"})
  void config_isTakenAsItStands(String name) throws IOException {
    Path config = Files.writeString(directory.resolve("c.yaml"), "data: \"" + name + "\"");

    CalledDpo called = CalledDpo.with("inspect", "--config", config);

    assertThat(called.err()).contains(name).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${env:HOME}/x.jsonl", "@%s"})
  void anArgument_isTakenAsItStands(String form) throws IOException {
    Path options = Files.writeString(directory.resolve("options"), "--help");
    String name = String.format(Locale.ROOT, form, options);

    CalledDpo called = CalledDpo.with("inspect", "--data", name);

    assertThat(called.err()).contains(name);
    assertThat(called.exitCode()).isEqualTo(1);
  }

  @Test
  void helpTexts_stillSayTheDefaults() {
    assertThat(CalledDpo.with("train", "--help").out())
        .contains("Batches in a step of the optimizer (1).")
        .doesNotContain("${");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --modle m --data d --out o | '--modle'",
        "inspect --dta d | '--dta'",
        "sft --model m --dat | '--dat'",
        "score --model m --bogus | '--bogus'",
      })
  void aMisspeltOption_isNamed_evenWhereOneIsMissing(String line, String option) {
    CalledDpo called = CalledDpo.with(Splitter.on(' ').splitToList(line).toArray());

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .contains("Unknown option")
        .contains(option)
        .doesNotContain("Missing required");
  }

  @Test
  void help_explainsACommand() {
    assertThat(CalledDpo.with("help", "train").out())
        .isEqualTo(CalledDpo.with("train", "--help").out());
    assertThat(CalledDpo.with("help").out()).isEqualTo(CalledDpo.with("--help").out());
    requireUsage(
        CalledDpo.with("help", "trian"),
        "dpo: there is no command 'trian'; dpo --help lists them; see dpo help --help");
  }

  @Test
  void aPathWithACommaInIt_isWrittenWithABackslash() throws IOException {
    Path data = Files.writeString(directory.resolve("a,b.jsonl"), PAIR);
    Path config =
        Files.writeString(directory.resolve("c.yaml"), "data: ['" + data + "']\nexamples: 0\n");

    assertThat(CalledDpo.with("inspect", "--data", data.toString().replace(",", "\\,")).out())
        .startsWith("1 pairs of 1 records");
    assertThat(CalledDpo.with("inspect", "--config", config).out())
        .startsWith("1 pairs of 1 records");
  }

  @Test
  void charactersThatTheSystemHasNot_areNamedWithWhatHelps() {
    assertThat(
            CharacterSet.problem(
                new String[] {"inspect", "--data", "\uFFFD\uFFFD.jsonl"}, "/", "ANSI_X3.4-1968"))
        .hasValueSatisfying(
            problem -> assertThat(problem).contains("ANSI_X3.4-1968").contains("LANG=C.UTF-8"));
    assertThat(CharacterSet.problem(new String[] {"--help"}, "/\uFFFD", "ANSI_X3.4-1968"))
        .isPresent();
    assertThat(CharacterSet.problem(new String[] {"\uFFFD"}, "/", "UTF-8")).isEmpty();
    assertThat(CharacterSet.problem(new String[] {"--help"}, "/", "ANSI_X3.4-1968")).isEmpty();
  }

  @Test
  void aHubName_isToldHowToBeHad() throws IOException {
    Path data = Files.writeString(directory.resolve("d.jsonl"), PAIR);

    CalledDpo called = CalledDpo.with("score", "--model", "Org/Name", "--data", data);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .startsWith("dpo: --model: there is no folder Org/Name; if that is a name on the Hub: ")
        .contains("hf download Org/Name")
        .hasLineCount(1);
  }

  @Test
  void aModelThatIsNone_isToldBeforeDataAreRead() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Path adapter = Files.createDirectory(directory.resolve("adapter"));
    Files.writeString(
        adapter.resolve("adapter_config.json"), "{\"base_model_name_or_path\": \"org/base\"}");

    assertThat(model(directory.resolve("none")))
        .isEqualTo("dpo: --model: there is no folder " + directory.resolve("none"));
    assertThat(model(file))
        .isEqualTo("dpo: --model must be the folder of a model, and " + file + " is a file");
    assertThat(model(empty))
        .isEqualTo(
            "dpo: --model must be a model as Hugging Face lays it out, and "
                + empty
                + " has no config.json");
    assertThat(model(adapter))
        .isEqualTo(
            "dpo: --model must be a model, and " + adapter + " is an adapter, made for org/base");
  }

  private String model(Path model) {
    CalledDpo called =
        CalledDpo.with(
            "train", "--model", model, "--data", "no.jsonl", "--out", directory.resolve("run"));
    assertThat(called.exitCode()).isEqualTo(1);
    return called.err().strip();
  }

  /** Told by the headers of files: there are no data to be read and no weights are. */
  @Test
  void anAdapterOfAnotherModel_isToldWithBoth() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    Path other = Files.createDirectory(directory.resolve("other"));
    Path adapter = directory.resolve("adapter");
    FewWords.writeModel(model);
    FewWords.writeModel(other);
    Path config = other.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"hidden_size\": 16", "\"hidden_size\": 32"));
    Files.delete(other.resolve("model.safetensors"));
    FreshWeights.write(other, 7);
    try (LanguageModel loaded = LanguageModel.load(model, Placement.on("cpu"))) {
      loaded.train(Lora.rank(2).allLinear()).saveAdapter(adapter);
    }

    CalledDpo called =
        CalledDpo.with(
            "score", "--model", other, "--adapter", adapter, "--data", directory.resolve("none"));

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .hasLineCount(1)
        .startsWith("dpo: --adapter: " + adapter.resolve("adapter_model.safetensors"))
        .contains("of another shape: ")
        .endsWith(
            "; it was trained on " + model + "; --model is " + other + System.lineSeparator());
    assertThat(Splitter.on("expected").splitToList(called.err())).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
  void aGitLfsPointer_isCalledOne(String file) throws IOException {
    Path data =
        Files.writeString(
            directory.resolve("d.jsonl"),
            "{\"prompt\":\"how\",\"chosen\":\" good\",\"rejected\":\" bad\"}\n");
    FewWords.writeModel(directory);
    Files.writeString(
        directory.resolve(file),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 269060552\n");

    CalledDpo called = CalledDpo.with("score", "--model", directory, "--data", data);

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .contains(
            file + " is a Git LFS pointer and not the file itself; run git lfs pull in its folder")
        .hasLineCount(1);
  }

  @Test
  void whatNobodyHasForeseen_isCalledAFaultOfOurs() {
    assertThat(Failure.explanation(new NullPointerException("x")))
        .isEqualTo(
            "a fault of dpo4j itself: java.lang.NullPointerException: x; run it again with --debug, and report what"
                + " that prints");
    // Thrown by the JDK, for a number that nobody typed.
    assertThat(explanationOf(() -> Integer.parseInt("-0.1x")))
        .startsWith("a fault of dpo4j itself");
    assertThat(Failure.explanation(new StackOverflowError())).startsWith("a fault of dpo4j itself");
    assertThat(Failure.explanation(new NoClassDefFoundError("org/x")))
        .startsWith("a fault of dpo4j itself");
    assertThat(Failure.explanation(new OutOfMemoryError("Java heap space")))
        .contains("Java heap space")
        .contains("-Xmx");
    assertThat(
            explanationOf(
                () -> Files.readString(directory.resolve("none"), StandardCharsets.UTF_8)))
        .isEqualTo("there is no " + directory.resolve("none"));
  }

  private static String explanationOf(Callable<?> call) {
    try {
      Object unexpected = call.call();
      throw new AssertionError(unexpected);
    } catch (Exception e) {
      return Failure.explanation(e);
    }
  }

  private static void requireUsage(CalledDpo called, String error) {
    assertThat(called.err()).isEqualToNormalizingNewlines(error + "\n");
    assertThat(called.exitCode()).isEqualTo(2);
  }
}
