package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.dpo4j.api.Losses;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.PairBatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No tensor outlives its step. */
@Tag("long")
class FlatMemoryTest {

  private static final int STEPS = 200;
  private static final long MEBIBYTE = 1 << 20;

  private final TinyModel tiny = TinyModel.of("llama");

  @Test
  void train_200Steps_arraysAndResidentMemoryFlat() throws IOException {
    try (LanguageModel model = tiny.load()) {
      requireFlat(model, model.train(Lora.rank(4).dropout(0.1)));
    }
  }

  @Test
  void train_200StepsCheckpointed_arraysAndResidentMemoryFlat() throws IOException {
    try (LanguageModel model = tiny.load()) {
      requireFlat(model, model.train(Lora.rank(4)).checkpointing(Checkpointing.on()));
    }
  }

  @Test
  void trainWeights_200Steps_arraysAndResidentMemoryFlat() throws IOException {
    try (LanguageModel model = tiny.load()) {
      requireFlat(model, model.trainWeights());
    }
  }

  @Test
  void load_closed_60Times_residentMemoryFlat() throws IOException {
    long before = 0;
    for (int i = 0; i < 80; i++) {
      if (i == 20) {
        before = residentBytes();
      }
      try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
        step(model, model.trainCopyOf("sft"), AdamW.learningRate(1e-3));
      }
    }
    // Half a mebibyte a load: less than the kernels of one model.
    assertThat(residentBytes() - before).isLessThan(30 * MEBIBYTE);
  }

  @Test
  void saveAndRestore_200Times_arraysAndResidentMemoryFlat() throws IOException {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      requireFlatWhenSaved(model, model.trainOnTopOf("sft", Lora.rank(16)));
    }
    try (LanguageModel model = tiny.load()) {
      requireFlatWhenSaved(model, model.trainWeights());
    }
  }

  private void requireFlatWhenSaved(LanguageModel model, TorchPolicy policy) throws IOException {
    long arrays = 0;
    long resident = 0;
    try (TokenScorer reference = policy.frozenCopy();
        Optimizer optimizer = policy.optimizer(AdamW.learningRate(1e-3))) {
      for (int save = 0; save < STEPS; save++) {
        if (save == 20) {
          arrays = arrays(model.model().manager());
          resident = residentBytes();
        }
        for (Object part : List.of(policy, reference, optimizer)) {
          Pieces.of(part).restore(part);
        }
      }
      assertThat(arrays).isPositive();
      assertThat(arrays(model.model().manager())).isEqualTo(arrays);
      assertThat(residentBytes() - resident).isLessThan(16 * MEBIBYTE);
    }
  }

  @Test
  void generate_100Times_arraysAndResidentMemoryFlat() throws IOException {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      Generator generator = model.generator("sft");
      List<Text> prompts = List.of(Text.of("A reward is"), Text.of("Once upon a time a small fox"));
      long arrays = 0;
      long resident = 0;
      for (int i = 0; i < 100; i++) {
        if (i == 10) {
          arrays = arrays(model.model().manager());
          resident = residentBytes();
        }
        assertThat(
                generator.generate(prompts, Sampling.defaults().maxTokens(40).samples(4).seed(i)))
            .hasSize(8);
      }
      assertThat(arrays).isPositive();
      assertThat(arrays(model.model().manager())).isEqualTo(arrays);
      assertThat(residentBytes() - resident).isLessThan(16 * MEBIBYTE);
    }
  }

  private void requireFlat(LanguageModel model, TorchPolicy policy) throws IOException {
    long arrays = 0;
    long resident = 0;
    try (TokenScorer reference = policy.frozenCopy();
        Optimizer optimizer = policy.optimizer(AdamW.learningRate(1e-3))) {
      for (int step = 0; step < STEPS; step++) {
        if (step == 20) {
          arrays = arrays(model.model().manager());
          resident = residentBytes();
        }
        step(policy, reference, optimizer);
      }
      assertThat(arrays).isPositive();
      assertThat(arrays(model.model().manager())).isEqualTo(arrays);
      // The allocator, the compiler and the heap still move a little.
      assertThat(residentBytes() - resident).isLessThan(16 * MEBIBYTE);
    }
  }

  private void step(LanguageModel model, TorchPolicy policy, AdamW spec) {
    try (Optimizer optimizer = policy.optimizer(spec)) {
      step(policy, model.base(), optimizer);
    }
  }

  private void step(TorchPolicy policy, TokenScorer reference, Optimizer optimizer) {
    List<PromptGroup> groups = tiny.groups();
    try (ForwardPass pass = policy.forward(groups, Set.of())) {
      PairBatch batch =
          PairBatch.of(pass.scores().logProbs()).withReference(reference.logProbs(groups));
      pass.backward(Losses.dpo().evaluate(batch, 0.1).gradient());
    }
    assertThat(optimizer.gradientNorm()).isFinite();
    optimizer.step(1e-3, 1.0);
  }

  /** Arrays that live in a manager and those below it. */
  static long arrays(NDManager manager) {
    return manager.getManagedArrays().size();
  }

  static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "resident memory is read from /proc, which only Linux has");
    for (int i = 0; i < 3; i++) {
      // Memory outside the heap goes when its owner was collected, on another thread.
      System.gc();
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(200));
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }
}
