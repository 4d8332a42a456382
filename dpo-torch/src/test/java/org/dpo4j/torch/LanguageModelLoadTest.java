package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.SafetensorsWriter;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are not what they should be: one error that names file, rule and value. */
class LanguageModelLoadTest {

  private static final int FUZZED = 400;

  @TempDir private Path directory;

  @Test
  void load_nothingThere() {
    assertThatThrownBy(this::load)
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(directory.resolve("config.json").toString());
  }

  @Test
  void load_unknownModelType_listsSupported() throws IOException {
    copy("llama");
    edit("model_type", "mamba");
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: model_type must be one of llama, mistral, qwen2, qwen3, gemma2, gemma3_text, phi3,"
                + " gpt2, gptj, gpt_neox, got \"mamba\"",
            directory.resolve("config.json"));
  }

  @Test
  void load_anotherWidth_namesTensors() throws IOException {
    copy("llama");
    edit("intermediate_size", 47);
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            directory
                + ": the tensors are not those of the llama that config.json describes: 6 of another"
                + " shape: ")
        .hasMessageContaining("model.layers.0.mlp.gate_proj.weight [48, 32], expected [47, 32]");
  }

  @Test
  void load_layerTooMany_namesMissing() throws IOException {
    copy("llama");
    edit("num_hidden_layers", 3);
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 missing: model.layers.2.input_layernorm.weight [32], ");
  }

  @Test
  void load_layerTooFew_namesLeftOver() throws IOException {
    copy("llama");
    edit("num_hidden_layers", 1);
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 left over: ")
        .hasMessageContaining("model.layers.1.input_layernorm.weight [32]");
  }

  @Test
  void load_integerWeights_refused() throws IOException {
    copy("llama");
    ImmutableMap<String, TensorEntry> tensors = Checkpoint.read(directory);
    SafetensorsWriter.write(
        directory.resolve("model.safetensors"),
        tensors.values().stream().map(LanguageModelLoadTest::asIntegers).toList(),
        ImmutableMap.of());
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(directory.resolve("model.safetensors").toString())
        .hasMessageContaining("must be F32, F16 or BF16, got I32");
  }

  @Test
  void load_onlyPickles_refusedUnopened() throws IOException {
    copy("llama");
    Files.delete(directory.resolve("model.safetensors"));
    Files.writeString(directory.resolve("pytorch_model.bin"), "not even a pickle");
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got only pytorch_model.bin. Pickle files are never opened");
  }

  @Test
  void load_vocabularyOfTokenizerTooLarge_refused() throws IOException {
    copy("llama");
    int tokens =
        JsonParser.parseString(Files.readString(directory.resolve("tokenizer.json")))
            .getAsJsonObject()
            .getAsJsonObject("model")
            .getAsJsonObject("vocab")
            .size();
    // A model of fewer words than its tokenizer: the embedding cut to match the configuration.
    int words = tokens - 1;
    edit("vocab_size", words);
    ImmutableMap<String, TensorEntry> tensors = Checkpoint.read(directory);
    SafetensorsWriter.write(
        directory.resolve("model.safetensors"),
        tensors.values().stream()
            .map(entry -> entry.name().contains("embed_tokens") ? rows(entry, words) : same(entry))
            .toList(),
        ImmutableMap.of());
    assertThatThrownBy(this::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(String.valueOf(words));
  }

  @Test
  void load_deviceThatIsNotThere_refused() {
    assertThatThrownBy(() -> TinyModel.of("llama").load(Placement.on("cuda:99")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "device must be one that libtorch \\S+ can compute on \\(it sees \\d+ GPUs\\), got"
                + " 'cuda:99'; a GPU needs libtorch built for CUDA and NVIDIA's driver");
  }

  @Test
  void placement_unknownDevice_refused() {
    assertThatThrownBy(() -> Placement.on("tpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device must be auto, cpu, cuda or cuda:n, got 'tpu'");
    assertThatThrownBy(() -> Placement.on("cuda:-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device must be auto, cpu, cuda or cuda:n, got 'cuda:-1'");
  }

  @Test
  void load_fuzzedConfiguration_loadsOrIsRefusedByName() throws IOException {
    Random random = new Random(20261124);
    ImmutableList<Object> values =
        ImmutableList.of(0, -1, 1, 3, 1e9, 1e308, 2147483648L, "", "x", true, "1e999999999", 0.5);
    int loaded = 0;
    for (int i = 0; i < FUZZED; i++) {
      TinyModel tiny = TinyModel.of(TinyModel.NAMES.get(i % TinyModel.NAMES.size()));
      Path spoilt = Files.createDirectory(directory.resolve(String.valueOf(i)));
      tiny.copyTo(spoilt);
      JsonObject config = config(spoilt);
      List<String> fields = List.copyOf(config.keySet());
      String field = fields.get(random.nextInt(fields.size()));
      config.add(field, primitive(values.get(random.nextInt(values.size()))));
      Files.writeString(spoilt.resolve("config.json"), config.toString());
      loaded += outcome(spoilt, field + " = " + config.get(field));
    }
    // Many fields say nothing about the decoder.
    assertThat(loaded).isBetween(FUZZED / 10, FUZZED * 9 / 10);
  }

  /** 1 if a directory loads; 0 if it is refused by name. Anything else fails. */
  private static int outcome(Path spoilt, String change) {
    try {
      return assertTimeoutPreemptively(
          Duration.ofSeconds(60),
          () -> {
            try (LanguageModel model = LanguageModel.load(spoilt, Placement.on("cpu"))) {
              assertThat(model.logits(1)).as(change).hasNumberOfRows(1);
              return 1;
            }
          });
    } catch (IllegalArgumentException | UncheckedIOException e) {
      assertThat(e).as(change).hasMessageContaining(spoilt.toString());
      return 0;
    }
  }

  private LanguageModel load() {
    return LanguageModel.load(directory, Placement.on("cpu"));
  }

  private void copy(String model) {
    TinyModel.of(model).copyTo(directory);
  }

  private void edit(String field, Object value) throws IOException {
    JsonObject config = config(directory);
    config.add(field, primitive(value));
    Files.writeString(directory.resolve("config.json"), config.toString());
  }

  private static JsonObject config(Path directory) throws IOException {
    return JsonParser.parseString(Files.readString(directory.resolve("config.json")))
        .getAsJsonObject();
  }

  private static JsonPrimitive primitive(Object value) {
    if (value instanceof Number number) {
      return new JsonPrimitive(number);
    }
    return value instanceof Boolean flag
        ? new JsonPrimitive(flag)
        : new JsonPrimitive((String) value);
  }

  private static TensorSource same(TensorEntry entry) {
    return new TensorSource(
        entry.name(), entry.type(), entry.shape(), out -> write(out, entry, entry.bytes()));
  }

  private static TensorSource asIntegers(TensorEntry entry) {
    return new TensorSource(
        entry.name(), TensorType.I32, entry.shape(), out -> write(out, entry, entry.bytes()));
  }

  private static TensorSource rows(TensorEntry entry, int rows) {
    long width = entry.shape().sizes().get(1);
    return new TensorSource(
        entry.name(),
        entry.type(),
        TensorShape.of(rows, width),
        out -> write(out, entry, rows * width * entry.type().bytes()));
  }

  private static void write(WritableByteChannel out, TensorEntry entry, long bytes)
      throws IOException {
    out.write(entry.map().limit((int) bytes));
  }
}
