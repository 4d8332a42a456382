package org.dpo4j.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.common.collect.ImmutableList;
import com.google.common.math.Quantiles;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.dpo4j.api.Cancellation;
import org.dpo4j.torch.GenerationListener;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.Sampling;

/**
 * How many tokens a second are generated in fp32 on the CPU after a prompt of 60 tokens: greedily,
 * and eight samples at temperature 1, 128 tokens each whatever they are; alternating with
 * transformers, each time in a process of its own. Beside it stands what share of the machine's
 * bandwidth the reading of the weights takes, once a step.
 */
public final class GenerationBenchmark {

  private static final int PROMPT_TOKENS = 60;
  private static final int NEW_TOKENS = 128;
  private static final int IDS = 1000;
  private static final int BIG = 64 << 20;

  private GenerationBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param arguments {@code MODEL-DIRECTORY ROUNDS THREADS [PEER-PYTHON PEER-SCRIPT]}
   * @throws IOException if the model or the peer's process cannot be read
   */
  public static void main(String... arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    ImmutableIntArray prompt = ImmutableIntArray.copyOf(new Random(42).ints(PROMPT_TOKENS, 0, IDS));
    try (LanguageModel model = LanguageModel.load(directory, Placement.on("cpu"))) {
      double bandwidth = bandwidth();
      System.out.printf("reading %.1f GB/s%n", bandwidth / 1e9);
      for (int samples : new int[] {1, 8}) {
        List<Double> ours = new ArrayList<>();
        List<Double> peers = new ArrayList<>();
        generate(model.generator(), prompt, samples);
        for (int round = 0; round < rounds; round++) {
          ours.add(generate(model.generator(), prompt, samples));
          System.out.printf("%d, dpo4j: %.1f tokens/s%n", samples, ours.get(round));
          if (arguments.length > 4) {
            peers.add(peer(arguments, prompt, samples, threads));
            System.out.printf("%d, transformers: %.1f tokens/s%n", samples, peers.get(round));
          }
        }
        print(samples, ours, peers, Files.size(directory.resolve("model.safetensors")), bandwidth);
      }
    }
  }

  private static double generate(Generator generator, ImmutableIntArray prompt, int samples) {
    Sampling sampling =
        (samples == 1 ? Sampling.greedy() : Sampling.defaults())
            .samples(samples)
            .maxTokens(NEW_TOKENS)
            .endsAtEos(false);
    long began = System.nanoTime();
    int tokens =
        generator
            .generateFromIds(
                ImmutableList.of(prompt), sampling, GenerationListener.none(), new Cancellation())
            .stream()
            .mapToInt(generation -> generation.tokenIds().length())
            .sum();
    return tokens * 1e9 / (System.nanoTime() - began);
  }

  /** Measured in the peer's own process, after one generation to warm up. */
  private static double peer(String[] arguments, ImmutableIntArray prompt, int samples, int threads)
      throws IOException {
    return Double.parseDouble(
        FreshProcess.lastLine(
            List.of(
                arguments[3],
                arguments[4],
                arguments[0],
                String.valueOf(samples),
                String.valueOf(threads),
                String.valueOf(NEW_TOKENS),
                prompt.asList().stream().map(String::valueOf).collect(Collectors.joining(",")))));
  }

  /** Bytes a second of summing a large array, the best of many goes. */
  private static double bandwidth() {
    try (NDManager memory = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray big = memory.ones(new Shape(BIG), DataType.FLOAT32);
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 20; i++) {
        long began = System.nanoTime();
        big.sum().close();
        best = Math.min(best, System.nanoTime() - began);
      }
      return 4.0 * BIG / best * 1e9;
    }
  }

  /** A file in bf16 is held in fp32, twice as large. */
  private static void print(
      int samples, List<Double> ours, List<Double> peers, long fileBytes, double bandwidth) {
    double median = Quantiles.median().compute(ours);
    System.out.printf(
        "%d: median %.1f tokens/s, weights read at %.1f %% of the bandwidth%n",
        samples, median, 100 * 2.0 * fileBytes * median / samples / bandwidth);
    if (!peers.isEmpty()) {
      double target = samples == 1 ? 1.25 : 1.7;
      double ratio = median / Quantiles.median().compute(peers);
      System.out.printf(
          "%d: %.2f times transformers (≥ %s %s)%n",
          samples, ratio, target, ratio >= target ? "met" : "missed");
    }
  }
}
