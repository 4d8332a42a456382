package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdapterWriterTest {

  private static final DecoderSpec LLAMA = TinyModels.decoder("llama");
  private static final DecoderSpec GPT2 = TinyModels.decoder("gpt2");

  @TempDir Path temporary;

  @Test
  void configuration_isWhatReadersOfAdaptersExpect() throws IOException {
    PeftAdapter adapter =
        new PeftAdapter(
            starts(GPT2, new LoraScale(4, 8, false), 0, 2, 4, 6), 0.05, Optional.of("openai/gpt2"));
    adapter.write(temporary, GPT2);

    assertThat(temporary.resolve(AdapterFiles.CONFIG))
        .hasContent(
            """
            {
              "alpha_pattern": {},
              "auto_mapping": null,
              "base_model_name_or_path": "openai/gpt2",
              "bias": "none",
              "fan_in_fan_out": true,
              "inference_mode": true,
              "init_lora_weights": true,
              "layers_pattern": null,
              "layers_to_transform": null,
              "lora_alpha": 8,
              "lora_dropout": 0.05,
              "modules_to_save": null,
              "peft_type": "LORA",
              "r": 4,
              "rank_pattern": {},
              "revision": null,
              "target_modules": [
                "c_attn",
                "c_fc"
              ],
              "task_type": "CAUSAL_LM",
              "use_rslora": false
            }
            """);
    assertThat(files()).containsExactly(AdapterFiles.CONFIG, AdapterFiles.WEIGHTS);
  }

  @Test
  void names_areNoLongerThanTheyMustBe() {
    // mlp.c_proj of both layers: c_proj alone would be attention's, too.
    assertThat(ModuleNames.covering(GPT2, names(GPT2, 3, 7))).containsExactly("mlp.c_proj");
    assertThat(ModuleNames.covering(GPT2, names(GPT2, 1, 3, 5, 7))).containsExactly("c_proj");
    assertThat(ModuleNames.covering(GPT2, names(GPT2, 3))).containsExactly("h.0.mlp.c_proj");
    assertThat(ModuleNames.covering(LLAMA, names(LLAMA, 0, 7, 9)))
        .containsExactly("layers.1.self_attn.v_proj", "q_proj");
  }

  @Test
  void modulesOfSomeLayers_comeBack() {
    PeftAdapter adapter =
        new PeftAdapter(starts(GPT2, new LoraScale(3, 7, true), 2, 3, 4), 0, Optional.empty());
    assertThat(writtenAndRead(adapter, GPT2)).isEqualTo(adapter);
  }

  @Test
  void ranksAndAlphasOfTheirOwn_comeBack() {
    PeftAdapter adapter =
        new PeftAdapter(
            ImmutableList.<LoraModule>builder()
                .addAll(starts(LLAMA, new LoraScale(4, 8, false), 0, 1, 2))
                .addAll(starts(LLAMA, new LoraScale(2, 8, false), 7))
                .addAll(starts(LLAMA, new LoraScale(4, 2.5, false), 8))
                .build(),
            0.1,
            Optional.empty());
    assertThat(writtenAndRead(adapter, LLAMA)).isEqualTo(adapter);
  }

  @Test
  void numbersOfEveryKind_comeBackBitByBit() {
    LoraModule module = starts(LLAMA, new LoraScale(4, 8, false), 0).get(0);
    float[] values = new float[4 * 32];
    values[0] = -0f;
    values[1] = Float.MIN_VALUE;
    values[2] = -Float.MAX_VALUE;
    values[3] = 0.1f;
    PeftAdapter adapter =
        new PeftAdapter(
            ImmutableList.of(
                new LoraModule(
                    module.linear(), module.scale(), Matrix.copyOf(4, 32, values), module.b())),
            0,
            Optional.empty());
    assertThat(writtenAndRead(adapter, LLAMA)).isEqualTo(adapter);
  }

  @Test
  void moduleOfAnotherModel_refusedBeforeAnythingIsWritten() {
    PeftAdapter adapter =
        new PeftAdapter(starts(GPT2, new LoraScale(4, 8, false), 0), 0, Optional.empty());
    Path directory = temporary.resolve("adapter");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adapter.write(directory, TinyModels.decoder("gptj")))
        .withMessage(
            "modules must be linear modules of the gptj (transformer.h.*.attn.q_proj,"
                + " transformer.h.*.attn.k_proj, transformer.h.*.attn.v_proj,"
                + " transformer.h.*.attn.out_proj, transformer.h.*.mlp.fc_in,"
                + " transformer.h.*.mlp.fc_out), got transformer.h.0.attn.c_attn");
    assertThat(directory).doesNotExist();
  }

  @Test
  void failureBetweenTheFiles_leavesNoConfiguration() throws IOException {
    PeftAdapter old =
        new PeftAdapter(starts(LLAMA, new LoraScale(4, 8, false), 0), 0, Optional.empty());
    old.write(temporary, LLAMA);
    Files.delete(temporary.resolve(AdapterFiles.WEIGHTS));
    // A directory that is not empty cannot be replaced by a file.
    Files.createDirectories(temporary.resolve(AdapterFiles.WEIGHTS).resolve("in the way"));
    PeftAdapter other =
        new PeftAdapter(starts(LLAMA, new LoraScale(4, 9, false), 0), 0, Optional.empty());

    assertThatThrownBy(() -> other.write(temporary, LLAMA))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(temporary.resolve(AdapterFiles.WEIGHTS).toString());
    assertThat(files()).containsExactly(AdapterFiles.WEIGHTS);
  }

  @Test
  void newWeightsOfTheSameAdapter_keepTheConfigurationThroughout() throws IOException {
    PeftAdapter adapter =
        new PeftAdapter(starts(LLAMA, new LoraScale(4, 8, false), 0), 0, Optional.empty());
    adapter.write(temporary, LLAMA);
    Object before = Files.getAttribute(temporary.resolve(AdapterFiles.CONFIG), "fileKey");
    Object weights = Files.getAttribute(temporary.resolve(AdapterFiles.WEIGHTS), "fileKey");
    adapter.write(temporary, LLAMA);

    assertThat(Files.getAttribute(temporary.resolve(AdapterFiles.CONFIG), "fileKey"))
        .isEqualTo(before);
    if (weights != null) {
      assertThat(Files.getAttribute(temporary.resolve(AdapterFiles.WEIGHTS), "fileKey"))
          .isNotEqualTo(weights);
    }
  }

  private PeftAdapter writtenAndRead(PeftAdapter adapter, DecoderSpec decoder) {
    adapter.write(temporary, decoder);
    return PeftAdapter.read(temporary, decoder);
  }

  private ImmutableList<String> files() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files
          .map(file -> file.getFileName().toString())
          .sorted()
          .collect(ImmutableList.toImmutableList());
    }
  }

  private static ImmutableList<LoraModule> starts(
      DecoderSpec decoder, LoraScale scale, int... indices) {
    return IntStream.of(indices)
        .mapToObj(i -> LoraStart.on(decoder.linears().get(i), scale, 1))
        .collect(ImmutableList.toImmutableList());
  }

  private static Set<String> names(DecoderSpec decoder, int... indices) {
    return IntStream.of(indices)
        .mapToObj(i -> decoder.linears().get(i))
        .map(LinearSpec::module)
        .collect(Collectors.toSet());
  }
}
