package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.Training;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.tokenizer.ChildJvm;
import org.dpo4j.torch.internal.tokenizer.RealModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a real model costs, measured in a JVM of its own. */
@Tag("real-model")
class RealModelTest {

  private static final Path STATUS = Path.of("/proc/self/status");

  @Test
  void load_residentMemory_atMostTenthAboveWeights() throws Exception {
    Path model = RealModel.directoryOrSkip();
    assumeTrue(Files.exists(STATUS), "resident memory is read from /proc, which only Linux has");
    long weights = Files.size(model.resolve("model.safetensors"));
    // What Java and the allocator take besides differs by a twentieth from run to run.
    long added = Long.MAX_VALUE;
    for (int run = 0; run < 5 && added > weights + weights / 10; run++) {
      added = Math.min(added, added(model));
    }
    assertThat(added).isBetween(weights / 2, weights + weights / 10);
  }

  private static long added(Path model) throws Exception {
    String printed = ChildJvm.run(Loading.class, 120, model.toString());
    List<String> bytes = Splitter.on(' ').splitToList(printed.lines().toList().get(0));
    return Long.parseLong(bytes.get(1)) - Long.parseLong(bytes.get(0));
  }

  @Test
  void generate_chat_answers() {
    try (LanguageModel model =
        LanguageModel.load(RealModel.directoryOrSkip(), Placement.on("cpu"))) {
      Text question = Text.of(List.of(new Message("user", "What is the capital of France?")));
      Generation answer =
          model.generator().generate(question, Sampling.greedy().maxTokens(40)).get(0);
      assertThat(answer.text()).isEqualTo("The capital of France is Paris.");
      assertThat(answer.finishReason()).isEqualTo(Generation.FinishReason.STOP);
    }
  }

  /** Prints the peak of resident memory before and after a model was loaded and read, in bytes. */
  static final class Loading {

    private Loading() {}

    public static void main(String[] args) throws IOException {
      // The library and a first pass through the code are not the model's, nor is the tokenizer.
      try (LanguageModel tiny = LanguageModel.load(TinyModel.of("llama").directory())) {
        assertThat(tiny.logits(1)).isNotEmpty();
      }
      Path directory = Path.of(args[0]);
      ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
      long before = residentBytes();
      try (Model model =
              Model.load(
                  Architectures.describe(config),
                  Checkpoint.read(directory),
                  Device.cpu(),
                  Precision.FLOAT32.types());
          Network network = new Network(model, ImmutableList.of(), new Training.Nothing())) {
        // Mapped weights are in memory only once they were read.
        assertThat(network.logits(1)).isNotEmpty();
        System.out.println(before + " " + residentBytes());
      }
    }

    private static long residentBytes() throws IOException {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .sum();
    }
  }
}
