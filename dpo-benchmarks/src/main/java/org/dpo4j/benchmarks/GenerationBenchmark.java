package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.common.math.Quantiles;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
 * transformers, each time in a process of its own. Beside it stands at what share of the rate at
 * which this machine can read them the weights are read, once a step.
 */
public final class GenerationBenchmark {

  private static final int PROMPT_TOKENS = 60;
  private static final int NEW_TOKENS = 128;
  private static final int IDS = 1000;
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          Arguments.MODEL, Arguments.ROUNDS, Arguments.THREADS, Arguments.PEER, Arguments.SCRIPT);

  private final Path directory;
  private final int threads;
  private final int rounds;
  private final Optional<String> python;
  private final String script;
  private final ImmutableIntArray prompt =
      ImmutableIntArray.copyOf(new Random(42).ints(PROMPT_TOKENS, 0, IDS));

  private GenerationBenchmark(Arguments given) {
    this.directory = given.model();
    this.threads = given.threads();
    this.rounds = given.rounds();
    this.python = given.get(Arguments.PEER);
    this.script = given.get(Arguments.SCRIPT, "dpo-benchmarks/peer/generation_baseline.py");
  }

  /**
   * Runs the benchmark.
   *
   * @param arguments {@code [--model DIRECTORY] [--rounds 5] [--threads n] [--peer-python PYTHON]
   *     [--script FILE]}
   * @throws IOException if the model or the peer's process cannot be read
   */
  public static void main(String... arguments) throws IOException {
    new GenerationBenchmark(Arguments.parse(ImmutableList.copyOf(arguments), NAMES)).run();
  }

  private void run() throws IOException {
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    long bytes = DecoderSize.read(directory.resolve("config.json")).matrixBytes();
    try (LanguageModel model = LanguageModel.load(directory, Placement.on("cpu"))) {
      double memory = MemoryRate.measure(bytes);
      System.out.printf(
          Locale.ROOT, "%d threads, weights can be read at %.1f GB/s%n", threads, memory / 1e9);
      compare(model.generator(), 1, 1.25, bytes / memory);
      compare(model.generator(), 8, 1.7, bytes / memory);
    }
  }

  /**
   * Takes turns with the peer.
   *
   * @param target how many times as fast
   * @param reading seconds that reading all weights takes
   */
  private void compare(Generator generator, int samples, double target, double reading)
      throws IOException {
    List<Double> ours = new ArrayList<>();
    List<Double> peers = new ArrayList<>();
    generate(generator, samples);
    for (int round = 0; round < rounds; round++) {
      ours.add(generate(generator, samples));
      System.out.printf(Locale.ROOT, "%d, dpo4j: %.1f tokens/s%n", samples, ours.get(round));
      if (python.isPresent()) {
        peers.add(peer(python.get(), samples));
        System.out.printf(
            Locale.ROOT, "%d, transformers: %.1f tokens/s%n", samples, peers.get(round));
      }
    }
    double median = Quantiles.median().compute(ours);
    System.out.printf(
        Locale.ROOT,
        "%d: median %.1f tokens/s, weights read at %.0f %% of that rate%n",
        samples,
        median,
        100 * reading * median / samples);
    if (!peers.isEmpty()) {
      double ratio = median / Quantiles.median().compute(peers);
      System.out.printf(
          Locale.ROOT,
          "%d: %.2f times transformers (≥ %s %s)%n",
          samples,
          ratio,
          target,
          ratio >= target ? "met" : "missed");
    }
  }

  private double generate(Generator generator, int samples) {
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
  private double peer(String command, int samples) throws IOException {
    return Double.parseDouble(
        FreshProcess.lastLine(
            List.of(
                command,
                script,
                directory.toString(),
                String.valueOf(samples),
                String.valueOf(threads),
                String.valueOf(NEW_TOKENS),
                prompt.asList().stream().map(String::valueOf).collect(Collectors.joining(",")))));
  }
}
