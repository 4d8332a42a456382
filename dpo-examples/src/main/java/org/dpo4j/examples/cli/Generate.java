package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.torch.Generation;
import org.dpo4j.torch.GenerationListener;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Text from a model, with an adapter or without. */
@Command(
    name = "generate",
    description = {
      "Answers a prompt, as the text comes, or prompts of a file. With --json an object a line: id, sample,",
      "text, token_ids, logps (of each token, nats), finish_reason."
    })
final class Generate implements Callable<Integer>, Checked {

  private static final String ADAPTER = "adapter";

  /** Prompts whose answers are printed together. */
  private static final int CHUNK = 64;

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter in PEFT's layout.")
  private Optional<Path> adapter;

  @Mixin private PromptOptions prompts;

  @Mixin private GenerationOptions generation;

  @Option(
      names = "--samples",
      defaultValue = "1",
      paramLabel = "N",
      description = "Answers to each prompt (${DEFAULT-VALUE}).")
  private int samples;

  @Option(names = "--json", description = "Print an object a line.")
  private boolean json;

  private @Spec CommandSpec spec;

  @Override
  public void requireInputs() {
    adapter.ifPresent(folder -> ModelFolder.requireAdapter("--adapter", model.model, folder));
  }

  @Override
  public Integer call() {
    List<Prompt> asked = prompts.prompts();
    Sampling sampling = generation.sampling().samples(samples);
    PrintWriter out = spec.commandLine().getOut();
    try (LanguageModel loaded = model.load(texts.tokenization())) {
      adapter.ifPresent(directory -> loaded.loadAdapter(ADAPTER, directory));
      Generator generator = adapter.isPresent() ? loaded.generator(ADAPTER) : loaded.generator();
      if (!json && asked.size() == 1 && samples == 1) {
        stream(generator, asked.get(0), sampling, out);
        return 0;
      }
      long seed = sampling.seed();
      for (List<Prompt> chunk : Lists.partition(asked, CHUNK)) {
        // A continuation's random numbers depend on its prompt's place, which begins anew here.
        print(chunk, generator, sampling.seed(seed++), out);
      }
    }
    return 0;
  }

  private void stream(Generator generator, Prompt prompt, Sampling sampling, PrintWriter out) {
    long begin = System.nanoTime();
    Generation answer =
        generator
            .generate(
                ImmutableList.of(prompt.text()),
                sampling,
                (index, sample, piece) -> {
                  out.print(piece);
                  out.flush();
                },
                new Cancellation())
            .get(0);
    out.println();
    double seconds = (System.nanoTime() - begin) / 1e9;
    int tokens = answer.tokenIds().length();
    spec.commandLine()
        .getErr()
        .printf(
            Locale.ROOT,
            "dpo: %d tokens in %.1f s (%.1f a second), %.2f nats a token, ended by %s%n",
            tokens,
            seconds,
            tokens / seconds,
            answer.logProb() / tokens,
            answer.finishReason().name().toLowerCase(Locale.ROOT));
  }

  private void print(List<Prompt> chunk, Generator generator, Sampling sampling, PrintWriter out) {
    List<Generation> answers =
        generator.generate(
            chunk.stream().map(Prompt::text).toList(),
            sampling,
            GenerationListener.none(),
            new Cancellation());
    for (Generation answer : answers) {
      Prompt prompt = chunk.get(answer.prompt());
      if (json) {
        out.println(line(prompt, answer));
      } else {
        out.printf(
            Locale.ROOT, "%s%n", samples == 1 ? prompt.id() : prompt.id() + " " + answer.sample());
        answer.text().lines().forEach(line -> out.println("  " + line));
      }
    }
  }

  private static JsonObject line(Prompt prompt, Generation answer) {
    JsonObject line = new JsonObject();
    line.addProperty("id", prompt.id());
    line.addProperty("sample", answer.sample());
    line.addProperty("text", answer.text());
    JsonArray ids = new JsonArray();
    answer.tokenIds().forEach(ids::add);
    line.add("token_ids", ids);
    JsonArray logProbs = new JsonArray();
    answer.logProbs().forEach(logProbs::add);
    line.add("logps", logProbs);
    line.addProperty("finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT));
    return line;
  }
}
