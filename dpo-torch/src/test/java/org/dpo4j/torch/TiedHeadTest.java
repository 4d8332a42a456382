package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.Narrowing;
import org.dpo4j.torch.internal.safetensors.SafetensorsWriter;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;
import org.dpo4j.torch.internal.safetensors.Widening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Checkpoints whose configuration ties the head to the embedding, and whose file has both. */
class TiedHeadTest {

  private static final String TIED = "tie_word_embeddings";

  private @TempDir Path directory;

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void load_headOfItsOwn_isUsedInEveryArchitecture(String name) throws IOException {
    TinyModel tiny = TinyModel.of(name);
    Path tied = withHead(tiny, "tied", head -> 1.25f * head + 0.01f, TensorType.F32, true);
    Path untied = withHead(tiny, "untied", head -> 1.25f * head + 0.01f, TensorType.F32, false);

    for (Precision precision : ImmutableList.of(Precision.FLOAT32, Precision.BFLOAT16_WEIGHTS)) {
      assertThat(logits(tied, precision, tiny)).isDeepEqualTo(logits(untied, precision, tiny));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void saveMerged_headOfItsOwn_isKeptAndNoLongerCalledTied(String name) throws IOException {
    TinyModel tiny = TinyModel.of(name);
    Path tied = withHead(tiny, "tied", head -> -head, TensorType.F32, true);
    Path merged = directory.resolve("merged");
    Path trained = directory.resolve("trained");
    float[][] before;
    try (LanguageModel model = LanguageModel.load(tied, Placement.on("cpu"))) {
      before = model.logits(tiny.inputs().get(0));
      model.train(Lora.rank(1)).saveMerged(merged);
    }
    try (LanguageModel model = LanguageModel.load(tied, Placement.on("cpu"))) {
      model.trainWeights(weight -> weight.equals(headName(name))).saveMerged(trained);
    }

    for (Path saved : ImmutableList.of(merged, trained)) {
      assertThat(config(saved).get(TIED).getAsBoolean()).isFalse();
      assertThat(logits(saved, Precision.FLOAT32, tiny)).isDeepEqualTo(before);
    }
  }

  @Test
  void load_copyOfTheEmbedding_isNotASecondTensor() throws IOException {
    TinyModel tiny = TinyModel.of("llama");
    Path copy = withHead(tiny, "copy", head -> head, TensorType.F32, true);
    Path narrow = withHead(TinyModel.of("qwen2"), "narrow", head -> head, TensorType.F32, true);

    for (Path checkpoint : ImmutableList.of(copy, narrow)) {
      try (LanguageModel model = LanguageModel.load(checkpoint, Placement.on("cpu"))) {
        assertThat(model.model().tensors()).doesNotContainKey("lm_head.weight");
        assertThat(model.model().spec().head().tied()).isTrue();
      }
    }
  }

  @Test
  void load_headOfAnotherShape_isRefused() throws IOException {
    TinyModel tiny = TinyModel.of("llama");
    Path tied = withHead(tiny, "tied", head -> head, TensorType.F32, true);
    ImmutableMap<String, TensorEntry> tensors = Checkpoint.read(tied);
    TensorEntry norm = Objects.requireNonNull(tensors.get("model.norm.weight"));
    SafetensorsWriter.write(
        tied.resolve("model.safetensors"),
        tensors.values().stream()
            .map(
                entry ->
                    entry.name().equals("lm_head.weight")
                        ? source("lm_head.weight", norm, number -> number, norm.type())
                        : source(entry.name(), entry, number -> number, entry.type()))
            .toList(),
        ImmutableMap.of("format", "pt"));

    assertThatThrownBy(() -> LanguageModel.load(tied, Placement.on("cpu")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 of another shape: lm_head.weight [32], expected [385, 32]");
  }

  @Test
  void estimate_headOfItsOwn_isCounted() throws IOException {
    TinyModel tiny = TinyModel.of("llama");
    long once = weightBytes(tiny.directory());
    Path tied = withHead(tiny, "tied", head -> -head, TensorType.F32, true);

    assertThat(weightBytes(tied) - once).isEqualTo(385L * 32 * Float.BYTES);
  }

  private static long weightBytes(Path checkpoint) {
    try (LanguageModel model = LanguageModel.load(checkpoint, Placement.on("cpu"))) {
      return model.model().weightBytes();
    }
  }

  private static float[][] logits(Path checkpoint, Precision precision, TinyModel tiny) {
    try (LanguageModel model =
        LanguageModel.load(checkpoint, Placement.on("cpu").precision(precision))) {
      TokenScorer base = model.base();
      assertThat(base.logProbs(tiny.groups()).rows()).isPositive();
      return model.logits(tiny.inputs().get(0));
    }
  }

  private static String headName(String name) {
    return name.equals("gpt_neox") ? "embed_out.weight" : "lm_head.weight";
  }

  private interface Change {
    float of(float number);
  }

  /** A copy of a checkpoint with a head of its own that is the embedding, changed. */
  private Path withHead(TinyModel tiny, String name, Change change, TensorType type, boolean tied)
      throws IOException {
    Path copy = Files.createDirectories(directory.resolve(name + tiny.directory().getFileName()));
    try (Stream<Path> files = Files.list(tiny.directory())) {
      for (Path file :
          files
              .filter(file -> Files.isRegularFile(file) && !file.toString().contains("safetensors"))
              .toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    JsonObject config = config(copy);
    config.addProperty(TIED, tied);
    Files.writeString(copy.resolve("config.json"), config.toString());
    String head = headName(String.valueOf(tiny.directory().getFileName()));
    ImmutableMap<String, TensorEntry> tensors = Checkpoint.read(tiny.directory());
    TensorEntry embedding =
        tensors.values().stream()
            .filter(tensor -> tensor.name().matches(".*(embed_tokens|embed_in|wte)\\.weight"))
            .findFirst()
            .orElseThrow();
    ImmutableList.Builder<TensorSource> written = ImmutableList.builder();
    tensors.values().stream()
        .filter(tensor -> !tensor.name().equals(head))
        .forEach(
            tensor -> written.add(source(tensor.name(), tensor, number -> number, tensor.type())));
    written.add(source(head, embedding, change, type));
    SafetensorsWriter.write(
        copy.resolve("model.safetensors"), written.build(), ImmutableMap.of("format", "pt"));
    return copy;
  }

  private static TensorSource source(
      String name, TensorEntry from, Change change, TensorType type) {
    FloatBuffer numbers = FloatBuffer.allocate((int) from.shape().elements());
    from.read(1 << 16, (offset, chunk) -> Widening.put(from.type(), chunk, numbers));
    float[] changed = numbers.array();
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.of(changed[i]);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(changed.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    Narrowing.put(type, FloatBuffer.wrap(changed), bytes);
    return new TensorSource(name, type, from.shape(), out -> out.write(bytes.duplicate().flip()));
  }

  private static JsonObject config(Path checkpoint) throws IOException {
    return JsonParser.parseString(Files.readString(checkpoint.resolve("config.json")))
        .getAsJsonObject();
  }
}
