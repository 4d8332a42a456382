package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.dpo4j.torch.internal.peft.AdapterFiles.Raw;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPT-2's adapter with other tensors. */
final class AdapterTensorsTest {

  private static final String BLOCK = "base_model.model.transformer.h.0.";
  private static final String A = BLOCK + "attn.c_attn.lora_A.weight";
  private static final String B = BLOCK + "attn.c_attn.lora_B.weight";
  private static final String HAS =
      "; of a gpt2 of 2 layers transformer.h.*.attn.c_attn, transformer.h.*.attn.c_proj,"
          + " transformer.h.*.mlp.c_fc, transformer.h.*.mlp.c_proj can be adapted";

  @TempDir Path temporary;
  private Map<String, Raw> weights = new TreeMap<>();

  @BeforeEach
  void readWeights() throws IOException {
    weights = AdapterFiles.weights("gpt2");
  }

  @Test
  void tensor_missing_isNamed() throws IOException {
    weights.remove(A);
    refused(
        "the tensors are not those that adapter_config.json describes: 1 missing: "
            + A
            + " [4, 32]");
  }

  @Test
  void tensor_leftOver_isNamed() throws IOException {
    Raw raw = AdapterFiles.tensor(weights, A);
    String surplus = BLOCK + "mlp.c_proj.lora_A.weight";
    weights.put(surplus, raw);
    refused(
        "the tensors are not those that adapter_config.json describes: 1 left over: "
            + surplus
            + " [4, 32]");
  }

  @Test
  void tensor_ofAModuleTheModelHasNot_isNamedWithThoseItHas() throws IOException {
    Raw raw = AdapterFiles.tensor(weights, A);
    String surplus = "base_model.model.transformer.h.2.attn.c_attn.lora_A.weight";
    weights.put(surplus, raw);
    weights.put(BLOCK + "attn.c_attn.lora_magnitude_vector", raw);
    refused(
        "the tensors are not those that adapter_config.json describes: 2 left over: "
            + BLOCK
            + "attn.c_attn.lora_magnitude_vector [4, 32], "
            + surplus
            + " [4, 32]"
            + HAS);
  }

  @Test
  void tensor_ofAnotherShape_isNamed() throws IOException {
    weights.put(A, Raw.floats(ImmutableList.of(2L, 32L), new float[64]));
    weights.put(B, Raw.floats(ImmutableList.of(96L), new float[96]));
    refused(
        "the tensors are not those that adapter_config.json describes: 2 of another shape: "
            + A
            + " [2, 32], expected [4, 32], "
            + B
            + " [96], expected [96, 4]");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void number_notFinite_isNamed(float number) throws IOException {
    float[] values = AdapterFiles.tensor(weights, A).floats();
    values[2 * 32 + 7] = number;
    weights.put(A, Raw.floats(ImmutableList.of(4L, 32L), values));
    refused("tensor " + A + " must hold finite numbers, got " + number + " at [2, 7]");
  }

  @Test
  void tensor_ofIntegers_isNamed() throws IOException {
    weights.put(
        A, new Raw("I32", ImmutableList.of(4L, 32L), AdapterFiles.tensor(weights, A).data()));
    refused("tensor " + A + " must be of F32, F16, BF16, got I32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void halfPrecision_isWidened(String type) throws IOException {
    // 1.5 and −2 in either type: sign, exponent, and the topmost bits of the fraction.
    short first = (short) (type.equals("F16") ? 0x3e00 : 0x3fc0);
    short second = (short) 0xc000;
    ByteBuffer data = ByteBuffer.allocate(2 * 4 * 32).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putShort(first).putShort(second);
    }
    weights.put(A, new Raw(type, ImmutableList.of(4L, 32L), data.flip()));
    PeftAdapter adapter = read(AdapterFiles.write(temporary, AdapterFiles.config("gpt2"), weights));

    float[] expected = new float[4 * 32];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i % 2 == 0 ? 1.5f : -2f;
    }
    assertThat(adapter.modules().get(0).a()).isEqualTo(Matrix.copyOf(4, 32, expected));
  }

  @Test
  void target_thatMatchesNothing_isNamedWithTheModulesThereAre() throws IOException {
    var config = AdapterFiles.config("gpt2");
    config.addProperty("target_modules", "q_proj");
    Path adapter = AdapterFiles.write(temporary, config, weights);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(adapter))
        .withMessage(
            "%s: target_modules (less exclude_modules, in layers_to_transform) must match a linear"
                + " module of the gpt2, which has transformer.h.*.attn.c_attn,"
                + " transformer.h.*.attn.c_proj, transformer.h.*.mlp.c_fc,"
                + " transformer.h.*.mlp.c_proj, got \"q_proj\"",
            adapter.resolve(AdapterFiles.CONFIG));
  }

  private void refused(String message) throws IOException {
    Path adapter = AdapterFiles.write(temporary, AdapterFiles.config("gpt2"), weights);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(adapter))
        .withMessage(adapter.resolve(AdapterFiles.WEIGHTS) + ": " + message);
  }

  private static PeftAdapter read(Path directory) {
    return PeftAdapter.read(directory, TinyModels.decoder("gpt2"));
  }
}
