package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checkpoints that a policy writes: in which type, and with which files beside them. */
class SavedCheckpointTest {

  private final TinyModel tiny = TinyModel.of("llama");

  @Test
  void saveMerged_bf16CheckpointAsFloat32_sameAndSaysSo(@TempDir Path directory) throws Exception {
    TinyModel bf16 = TinyModel.of("qwen2");
    TokenValues expected;
    try (LanguageModel model = bf16.load().loadAdapter("tiny", bf16.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      policy.saveMerged(directory, Dtype.FLOAT32);
      expected = policy.logProbs(bf16.groups());
    }
    assertThat(Files.readString(directory.resolve("config.json")))
        .contains("\"float32\"")
        .doesNotContain("bfloat16");
    assertThat(types(directory)).containsOnly(TensorType.F32);
    try (LanguageModel model = LanguageModel.load(directory, Placement.on("cpu"))) {
      TokenValues actual = model.base().logProbs(bf16.groups());
      for (int row = 0; row < expected.rows(); row++) {
        assertThat(actual.row(row)).containsExactly(expected.row(row), within(1e-4));
      }
    }
  }

  private static Set<TensorType> types(Path directory) {
    return Checkpoint.read(directory).values().stream()
        .map(TensorEntry::type)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "BFLOAT16_WEIGHTS"})
  void saveMerged_ofUnchangedWeights_writesTheFilesBytes(
      Precision precision, @TempDir Path directory) {
    for (String name : List.of("qwen2", "llama")) {
      TinyModel any = TinyModel.of(name);
      Path merged = directory.resolve(name);
      try (LanguageModel model = any.load(Placement.on("cpu").precision(precision))) {
        model.train(Lora.rank(2)).saveMerged(merged);
      }

      ImmutableMap<String, TensorEntry> before = Checkpoint.read(any.directory());
      ImmutableMap<String, TensorEntry> after = Checkpoint.read(merged);
      assertThat(after.keySet()).isEqualTo(before.keySet());
      after.forEach(
          (tensor, entry) -> {
            TensorEntry original = Objects.requireNonNull(before.get(tensor));
            assertThat(entry.type()).isEqualTo(original.type());
            assertThat(entry.holdsSame(original)).as(tensor).isTrue();
          });
    }
  }

  @Test
  void saveMerged_ofTrainedWeights_isInFloat32(@TempDir Path directory) throws Exception {
    try (LanguageModel model = TinyModel.of("qwen2").load()) {
      TorchPolicy policy = model.trainWeights();
      update(policy);
      policy.saveMerged(directory);
    }
    assertThat(types(directory)).containsOnly(TensorType.F32);
    assertThat(Files.readString(directory.resolve("config.json")))
        .contains("\"float32\"")
        .doesNotContain("bfloat16");
  }

  @Test
  void saveMerged_beyondTheTypesLargest_refusedByName(@TempDir Path directory) {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy =
          model.train(Lora.rank(1).alpha(1e9).targets("layers.1.mlp.down_proj").seed(1));
      update(policy);
      assertThatThrownBy(() -> policy.saveMerged(directory, Dtype.FLOAT16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(
              "tensor 'model\\.layers\\.1\\.mlp\\.down_proj\\.weight' has -?\\d.*, and the"
                  + " largest float16 is 65504\\.0: choose another dtype");
    }
    assertThat(directory.resolve("model.safetensors")).doesNotExist();
  }

  @Test
  void saveMerged_otherFiles_areCopiedOrTold(@TempDir Path directory) throws Exception {
    Path base = Files.createDirectories(directory.resolve("base"));
    try (Stream<Path> files = Files.list(tiny.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, base.resolve(file.getFileName()));
      }
    }
    Path templates = Files.createDirectories(base.resolve("additional_chat_templates"));
    Files.writeString(templates.resolve("tool_use.jinja"), "{{ messages }}");
    Files.writeString(templates.resolve("notes.txt"), "x");
    Files.writeString(base.resolve("tokenizer.model"), "x");
    Files.writeString(base.resolve("LICENSE.txt"), "x");
    Files.writeString(base.resolve("pytorch_model.bin"), "x");
    Files.writeString(base.resolve("README.md"), "x");
    Files.writeString(directory.resolve("elsewhere"), "x");
    Files.createSymbolicLink(base.resolve("vocab.json"), directory.resolve("elsewhere"));
    Files.createDirectories(base.resolve("onnx"));
    Path merged = directory.resolve("merged");

    SavedCheckpoint saved;
    try (LanguageModel model = LanguageModel.load(base, Placement.on("cpu"))) {
      saved = model.train(Lora.rank(1)).saveMerged(merged);
    }

    assertThat(saved.copied())
        .contains(
            "LICENSE.txt",
            "additional_chat_templates/tool_use.jinja",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json");
    assertThat(saved.copied())
        .allSatisfy(
            name -> assertThat(merged.resolve(name)).hasSameBinaryContentAs(base.resolve(name)));
    assertThat(saved.left())
        .contains(
            "README.md",
            "additional_chat_templates/notes.txt",
            "onnx/",
            "pytorch_model.bin",
            "vocab.json (a link to outside of the directory)")
        .doesNotContain("config.json", "model.safetensors");
    assertThat(merged.resolve("vocab.json")).doesNotExist();
  }

  /** One step uphill on the log-probability of every token. */
  private static void update(TorchPolicy policy) {
    List<PromptGroup> groups = TinyModel.of("llama").groups();
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
      // twice, since A has no gradient while B is zero
      for (int i = 0; i < 2; i++) {
        try (ForwardPass pass = policy.forward(groups, Set.of())) {
          pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
        }
        optimizer.step(0.01, 1.0);
      }
    }
  }
}
