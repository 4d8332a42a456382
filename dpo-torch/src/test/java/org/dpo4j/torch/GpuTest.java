package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The same numbers on a GPU, where there is one; skipped with a reason where there is none. */
@Tag("gpu")
class GpuTest {

  @BeforeEach
  void requireGpu() {
    assumeTrue(LibTorch.start().gpuCount() > 0, "this libtorch sees no GPU");
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_asOnCpu(String name) {
    requireClose(name, Precision.FLOAT32, 1e-3);
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_bf16_nearCpu(String name) {
    requireClose(name, Precision.BFLOAT16, 0.5);
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void training_asOnCpu(String name) {
    TinyModel tiny = TinyModel.of(name);
    TokenValues cpu = trained(tiny, Placement.on("cpu"));
    TokenValues gpu = trained(tiny, Placement.on("cuda"));
    for (int row = 0; row < cpu.rows(); row++) {
      assertThat(gpu.row(row)).containsExactly(cpu.row(row), within(1e-2));
    }
  }

  private static void requireClose(String name, Precision precision, double nats) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel cpu = tiny.load();
        LanguageModel gpu = tiny.load(Placement.on("cuda").precision(precision))) {
      TokenValues expected = cpu.base().logProbs(tiny.groups());
      TokenValues actual = gpu.base().logProbs(tiny.groups());
      for (int row = 0; row < expected.rows(); row++) {
        assertThat(actual.row(row)).containsExactly(expected.row(row), within(nats));
      }
    }
  }

  private static TokenValues trained(TinyModel tiny, Placement placement) {
    try (LanguageModel model = tiny.load(placement);
        TorchPolicy policy = model.train(Lora.rank(4));
        Optimizer optimizer = policy.optimizer(AdamW.learningRate(1e-3))) {
      for (int step = 0; step < 3; step++) {
        try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
          pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
        }
        optimizer.step(1e-3, 1.0);
      }
      return policy.logProbs(tiny.groups());
    }
  }
}
