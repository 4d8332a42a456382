package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.dpo4j.torch.internal.safetensors.SafetensorsFile;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/**
 * A tiny checkpoint among the test resources, with what transformers and PEFT compute on it (see
 * {@code models/generate_models.py}).
 */
final class TinyModel {

  /** {@link #NAMES}, for parameterized tests. */
  static final String SOURCE = "org.dpo4j.torch.TinyModel#NAMES";

  static final ImmutableList<String> NAMES = TinyModels.NAMES;

  private final Path directory;
  private final JsonObject expected;
  private final ImmutableMap<String, TensorEntry> tensors;

  private TinyModel(Path directory, JsonObject expected) {
    this.directory = directory;
    this.expected = expected;
    this.tensors = SafetensorsFile.read(directory.resolve("expected.safetensors"));
  }

  static TinyModel of(String name) {
    try {
      Path directory =
          Path.of(Objects.requireNonNull(TinyModel.class.getResource("/models/" + name)).toURI());
      String json = Files.readString(directory.resolve("expected.json"));
      return new TinyModel(directory, JsonParser.parseString(json).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  Path directory() {
    return directory;
  }

  Path adapter() {
    return directory.resolve("adapter");
  }

  LanguageModel load() {
    return load(Placement.on("cpu"));
  }

  LanguageModel load(Placement placement) {
    return LanguageModel.load(directory, placement);
  }

  /** Ids of the sequences whose logits are expected. */
  List<int[]> inputs() {
    return list(expected.get("inputs")).map(TinyModel::ints).toList();
  }

  /** Expected logits of an input, {@code [tokens · vocabulary]}. */
  float[] logits(int input, boolean withAdapter) {
    return tensor((withAdapter ? "adapter." : "") + "logits." + input);
  }

  /** Three pairs, chosen before rejected. */
  List<PromptGroup> groups() {
    return list(expected.get("pairs"))
        .map(JsonElement::getAsJsonObject)
        .map(
            pair ->
                PromptGroup.of(
                    ids(pair.get("prompt")),
                    List.of(ids(pair.get("chosen")), ids(pair.get("rejected")))))
        .toList();
  }

  /** Expected log-probabilities of the completions of {@link #groups}. */
  double[] logProbs(boolean withAdapter) {
    return list(expected.get(withAdapter ? "adapter_logps" : "reference_logps"))
        .flatMap(TinyModel::list)
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  /** The DPO loss of the adapter against the base at β = 0.1. */
  double dpoLoss() {
    return expected.get("dpo_loss_beta_0_1").getAsDouble();
  }

  int[] greedy() {
    return ints(expected.get("greedy"));
  }

  /** The gradient of {@link #dpoLoss} with respect to {@code module:A} or {@code module:B}. */
  float[] adapterGradient(String module, String matrix) {
    return tensor("adapter.grad.base_model.model." + module + ".lora_" + matrix + ".weight");
  }

  /** Norms of the gradient of the mean chosen NLL, by the names in the file of the weights. */
  Map<String, Double> sftGradientNorms() {
    ImmutableMap.Builder<String, Double> norms = ImmutableMap.builder();
    expected
        .getAsJsonObject("sft_gradient_norms")
        .entrySet()
        .forEach(
            norm ->
                norms.put(
                    // transformers' name in memory; GPT-NeoX has another one in files
                    directory.endsWith("gpt_neox") && norm.getKey().equals("lm_head.weight")
                        ? "embed_out.weight"
                        : norm.getKey(),
                    norm.getValue().getAsDouble()));
    return norms.buildOrThrow();
  }

  private float[] tensor(String name) {
    TensorEntry entry = Objects.requireNonNull(tensors.get(name), name);
    float[] values = new float[(int) (entry.bytes() / Float.BYTES)];
    entry.map().asFloatBuffer().get(values);
    return values;
  }

  /** A copy of the checkpoint's files, for tests that spoil them. */
  Path copyTo(Path target) {
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("expected.")) {
          Files.copy(file, target.resolve(name));
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<JsonElement> list(JsonElement array) {
    JsonArray values = array.getAsJsonArray();
    return StreamSupport.stream(values.spliterator(), false);
  }

  private static int[] ints(JsonElement array) {
    return list(array).mapToInt(JsonElement::getAsInt).toArray();
  }

  private static ImmutableIntArray ids(JsonElement array) {
    return ImmutableIntArray.copyOf(ints(array));
  }

  static List<PromptGroup> oneByOne(List<PromptGroup> groups) {
    List<PromptGroup> alone = new ArrayList<>();
    for (PromptGroup group : groups) {
      group.completions().forEach(one -> alone.add(PromptGroup.of(group.prompt(), List.of(one))));
    }
    return alone;
  }
}
