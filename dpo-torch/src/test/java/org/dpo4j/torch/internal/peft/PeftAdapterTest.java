package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Adapters that PEFT 0.21.2 wrote. */
final class PeftAdapterTest {

  private static final ImmutableList<String> LLAMA_MODULES =
      ImmutableList.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  /** What {@code generate_models.py} adapts. */
  private static final Map<String, ImmutableList<String>> MODULES =
      Map.of(
          "gpt2", ImmutableList.of("attn.c_attn", "mlp.c_fc"),
          "gptj", ImmutableList.of("attn.q_proj", "attn.v_proj", "mlp.fc_in"),
          "gpt_neox", ImmutableList.of("attention.query_key_value", "mlp.dense_h_to_4h"),
          "phi3",
              ImmutableList.of(
                  "self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"));

  @TempDir Path temporary;

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void read_givesTheModulesThatWereAdapted(String model) {
    DecoderSpec decoder = TinyModels.decoder(model);
    PeftAdapter adapter = PeftAdapter.read(AdapterFiles.directory(model), decoder);
    ImmutableList<String> expected = MODULES.getOrDefault(model, LLAMA_MODULES);

    assertThat(adapter.dropout()).isZero();
    assertThat(adapter.baseModel()).isEmpty();
    assertThat(adapter.modules())
        .extracting(module -> module.linear().module().replaceFirst("^.*?\\.\\d+\\.", ""))
        .containsExactlyElementsOf(
            ImmutableList.<String>builder().addAll(expected).addAll(expected).build());
    assertThat(decoder.linears())
        .containsAll(adapter.modules().stream().map(LoraModule::linear).toList());
    assertThat(adapter.modules())
        .allSatisfy(
            module -> {
              assertThat(module.scale()).isEqualTo(new LoraScale(4, 8, false));
              assertThat(module.scale().value()).isEqualTo(2);
            });
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void read_givesTheNumbersOfTheFile(String model) throws IOException {
    Map<String, AdapterFiles.Raw> raw = AdapterFiles.weights(model);
    PeftAdapter adapter = read(AdapterFiles.directory(model), model);

    assertThat(raw).hasSize(2 * adapter.modules().size());
    for (LoraModule module : adapter.modules()) {
      String name = "base_model.model." + module.linear().module();
      assertThat(floats(module.a()))
          .isEqualTo(AdapterFiles.tensor(raw, name + ".lora_A.weight").floats());
      assertThat(floats(module.b()))
          .isEqualTo(AdapterFiles.tensor(raw, name + ".lora_B.weight").floats());
      assertThat(floats(module.b())).doesNotContain(0f);
    }
  }

  @Test
  void read_takesTheAdapterThatTrlStartedFrom() throws URISyntaxException {
    Path directory =
        Path.of(PeftAdapterTest.class.getResource("/trl-trajectory/init-adapter").toURI());
    PeftAdapter adapter = PeftAdapter.read(directory, smolLm2());

    assertThat(adapter.modules()).hasSize(60);
    assertThat(adapter.modules())
        .allSatisfy(
            module -> {
              assertThat(module.scale()).isEqualTo(new LoraScale(8, 16, false));
              assertThat(module.a()).hasToString("Matrix[8, 576]");
              assertThat(floats(module.b())).containsOnly(0f);
            });
    // PEFT draws A as Lora does.
    double bound = 1 / Math.sqrt(576);
    float[] a = floats(adapter.modules().get(0).a());
    for (float number : a) {
      assertThat((double) number).isBetween(-bound, bound);
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void write_givesBackWhatWasRead(String model) throws IOException {
    PeftAdapter adapter = read(AdapterFiles.directory(model), model).withBaseModel("tiny/" + model);
    Path written = temporary.resolve("deep/down");
    adapter.write(written, TinyModels.decoder(model));

    assertThat(read(written, model)).isEqualTo(adapter);
    assertThat(read(written, model).baseModel()).hasValue("tiny/" + model);
    Map<String, AdapterFiles.Raw> before = AdapterFiles.weights(model);
    Map<String, AdapterFiles.Raw> after =
        AdapterFiles.weights(written.resolve(AdapterFiles.WEIGHTS));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void read_ofNoAdapter_saysWhatIsMissing() throws IOException {
    DecoderSpec llama = TinyModels.decoder("llama");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeftAdapter.read(temporary, llama))
        .withMessage(
            "%s: must hold an adapter as PEFT saves it, has no adapter_config.json", temporary);

    Files.writeString(
        temporary.resolve(AdapterFiles.CONFIG), AdapterFiles.config("llama").toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeftAdapter.read(temporary, llama))
        .withMessage(
            "%s: must hold an adapter as PEFT saves it, has no adapter_model.safetensors",
            temporary);
  }

  @Test
  void read_neverOpensAPickle() throws IOException {
    Files.writeString(
        temporary.resolve(AdapterFiles.CONFIG), AdapterFiles.config("llama").toString());
    Files.writeString(temporary.resolve("adapter_model.bin"), "");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeftAdapter.read(temporary, TinyModels.decoder("llama")))
        .withMessage(
            "%s: adapter_model.bin is a pickle, which may run code when it is opened, and never is;"
                + " save the adapter as adapter_model.safetensors",
            temporary);
  }

  @Test
  void adapter_withoutModules_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PeftAdapter(ImmutableList.of(), 0, Optional.empty()))
        .withMessage("modules must have at least one element, got none");
  }

  @Test
  void adapter_ofOneModuleTwice_refused() {
    LoraModule module = read(AdapterFiles.directory("llama"), "llama").modules().get(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PeftAdapter(ImmutableList.of(module, module), 0, Optional.empty()))
        .withMessage("modules must each have another linear module, got 1 for 2");
  }

  @Test
  void adapter_partlyRankStabilized_refused() {
    PeftAdapter adapter = read(AdapterFiles.directory("llama"), "llama");
    LoraModule first = adapter.modules().get(0);
    LoraModule other =
        new LoraModule(first.linear(), new LoraScale(4, 8, true), first.a(), first.b());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PeftAdapter(
                    ImmutableList.of(other, adapter.modules().get(1)), 0, Optional.empty()))
        .withMessage("modules must all be rank stabilized or none, got some");
  }

  @Test
  void module_ofWrongShape_refused() {
    LoraModule module = read(AdapterFiles.directory("llama"), "llama").modules().get(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LoraModule(module.linear(), module.scale(), module.b(), module.b()))
        .withMessage("model.layers.0.self_attn.q_proj: A must be [4, 32], got [32, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new LoraModule(module.linear(), new LoraScale(5, 8, false), module.a(), module.b()))
        .withMessage("model.layers.0.self_attn.q_proj: A must be [5, 32], got [4, 32]");
  }

  private static PeftAdapter read(Path directory, String model) {
    return PeftAdapter.read(directory, TinyModels.decoder(model));
  }

  private static float[] floats(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.values().get(values);
    return values;
  }

  private static DecoderSpec smolLm2() {
    return Architectures.describe(
        ModelConfig.parse(
            Path.of("config.json"),
            """
            {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536,
             "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
             "vocab_size": 49152, "max_position_embeddings": 8192, "tie_word_embeddings": true}
            """));
  }
}
