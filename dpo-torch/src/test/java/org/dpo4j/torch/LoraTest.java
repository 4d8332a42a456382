package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Range;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.dpo4j.torch.internal.peft.LoraScale;
import org.dpo4j.torch.internal.peft.PeftAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LoraTest {

  private static final DecoderSpec LLAMA = TinyModels.decoder("llama");
  private static final DecoderSpec GPT2 = TinyModels.decoder("gpt2");

  @Test
  void defaults_areThoseOfTheJavadoc() {
    assertThat(Lora.rank(16))
        .isEqualTo(new Lora(16, 32, false, 0, ImmutableSet.of(), Range.all(), 42));
  }

  @Test
  void settings_changeOneThingEach() {
    assertThat(
            Lora.rank(16)
                .targets("q_proj", "v_proj")
                .alpha(8)
                .rankStabilized()
                .dropout(0.05)
                .layers(2, 5)
                .seed(7))
        .isEqualTo(
            new Lora(
                16, 8, true, 0.05, ImmutableSet.of("v_proj", "q_proj"), Range.closedOpen(2, 5), 7));
    assertThat(Lora.rank(16).targets("q_proj").allLinear()).isEqualTo(Lora.rank(16));
  }

  @Test
  void ranges_areChecked() {
    refused(() -> Lora.rank(0), "rank must be in [1, 65536], got 0");
    refused(() -> Lora.rank(65_537), "rank must be in [1, 65536], got 65537");
    refused(() -> Lora.rank(8).alpha(0), "alpha must be in (0, 1.0E9], got 0.0");
    refused(() -> Lora.rank(8).alpha(Double.NaN), "alpha must be in (0, 1.0E9], got NaN");
    refused(() -> Lora.rank(8).dropout(1), "dropout must be in [0, 1), got 1.0");
    refused(() -> Lora.rank(8).dropout(-0.1), "dropout must be in [0, 1), got -0.1");
    refused(
        () -> Lora.rank(8).targets(new String[0]), "targets must have at least one name, got none");
    refused(() -> Lora.rank(8).targets("a", " "), "targets must be names of modules, got [a,  ]");
    refused(() -> Lora.rank(8).layers(2, 2), "layers must have 0 ≤ from < to, got [2..2)");
    refused(() -> Lora.rank(8).layers(-1, 2), "layers must have 0 ≤ from < to, got [-1..2)");
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void allLinear_isEveryLinearModuleButTheHead(String model) {
    DecoderSpec decoder = TinyModels.decoder(model);
    assertThat(Lora.rank(8).modules(decoder)).isEqualTo(decoder.linears());
  }

  @Test
  void targets_areSuffixesAfterADot() {
    assertThat(names(Lora.rank(8).targets("mlp.c_proj"), GPT2))
        .containsExactly("transformer.h.0.mlp.c_proj", "transformer.h.1.mlp.c_proj");
    assertThat(names(Lora.rank(8).targets("c_proj"), GPT2))
        .containsExactly(
            "transformer.h.0.attn.c_proj",
            "transformer.h.0.mlp.c_proj",
            "transformer.h.1.attn.c_proj",
            "transformer.h.1.mlp.c_proj");
    assertThat(names(Lora.rank(8).targets("transformer.h.1.attn.c_attn"), GPT2))
        .containsExactly("transformer.h.1.attn.c_attn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "proj", "lm_head", "wte", "ln_1", "attn", ".*c_proj"})
  void target_thatMatchesNothing_isNamedWithTheModulesThereAre(String target) {
    refused(
        () -> Lora.rank(8).targets("c_proj", target).modules(GPT2),
        "targets must be linear modules of the gpt2 (transformer.h.*.attn.c_attn,"
            + " transformer.h.*.attn.c_proj, transformer.h.*.mlp.c_fc,"
            + " transformer.h.*.mlp.c_proj), got "
            + target);
  }

  @Test
  void layers_areARangeWithoutItsEnd() {
    assertThat(names(Lora.rank(8).targets("q_proj").layers(0, 1), LLAMA))
        .containsExactly("model.layers.0.self_attn.q_proj");
    assertThat(names(Lora.rank(8).targets("q_proj").layers(0, 2), LLAMA)).hasSize(2);
  }

  @Test
  void layers_theModelHasNot_refused() {
    refused(
        () -> Lora.rank(8).layers(1, 3).modules(LLAMA),
        "layers must lie in [0..2), the layers of the llama, got [1..3)");
    refused(
        () -> Lora.rank(8).targets("model.layers.1.mlp.up_proj").layers(0, 1).modules(LLAMA),
        "targets must name a module in layers [0..1), got [model.layers.1.mlp.up_proj]");
  }

  @Test
  void initialise_givesEachModuleItsStart() {
    PeftAdapter adapter =
        Lora.rank(4).rankStabilized().dropout(0.1).targets("down_proj").initialise(LLAMA);

    assertThat(adapter.dropout()).isEqualTo(0.1);
    assertThat(adapter.baseModel()).isEmpty();
    assertThat(adapter.modules()).hasSize(2);
    assertThat(adapter.modules())
        .allSatisfy(
            module -> {
              assertThat(module.scale()).isEqualTo(new LoraScale(4, 8, true));
              assertThat(module.scale().value()).isEqualTo(4);
              assertThat(module.a()).hasToString("Matrix[4, 48]");
              assertThat(module.b()).hasToString("Matrix[32, 4]");
            });
    assertThat(adapter.modules().get(0).a()).isNotEqualTo(adapter.modules().get(1).a());
  }

  @Test
  void initialise_dependsOnTheSeedAndNotOnTheOtherModules() {
    PeftAdapter few = Lora.rank(4).targets("down_proj").initialise(LLAMA);
    PeftAdapter all = Lora.rank(4).initialise(LLAMA);

    assertThat(all.modules()).containsAll(few.modules());
    assertThat(Lora.rank(4).initialise(LLAMA)).isEqualTo(all);
    assertThat(Lora.rank(4).seed(1).initialise(LLAMA).modules())
        .doesNotContainAnyElementsOf(all.modules());
  }

  private static ImmutableList<String> names(Lora lora, DecoderSpec decoder) {
    return lora.modules(decoder).stream()
        .map(LinearSpec::module)
        .collect(ImmutableList.toImmutableList());
  }

  private static void refused(Runnable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(message);
  }
}
