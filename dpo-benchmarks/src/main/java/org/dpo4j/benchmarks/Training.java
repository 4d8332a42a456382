package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.Reference;
import org.dpo4j.api.ReferenceCache;
import org.dpo4j.api.Schedule;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.torch.Checkpointing;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.LibTorch;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.TorchPolicy;

/** One setting, trained and measured in this process. */
final class Training {

  private static final int RANK = 16;
  private static final int PAIRS_A_STEP = 4;
  private static final double NANO = 1e-9;

  private Training() {}

  static Measurement measure(Setting setting, Options options) throws IOException {
    LibTorch torch = LibTorch.start();
    double rateBefore = MatrixRate.measure();
    PreferenceDataset pairs =
        PairFile.read(options.data().resolve(setting.dataFile()), options.pairs());
    Arithmetic arithmetic =
        new Arithmetic(DecoderSize.read(options.model().resolve("config.json")), RANK);
    Path scratch = Files.createTempDirectory("dpo-benchmark");
    try (LanguageModel model = LanguageModel.load(options.model(), Placement.on("cpu"))) {
      TorchPolicy policy = policy(setting, model);
      Path cache = scratch.resolve("reference");
      double prepared = setting == Setting.CACHED ? fill(cache, model, pairs) : 0;
      Timing timing = train(setting, policy, reference(setting, cache), pairs, options);
      return new Measurement(
          timing,
          work(setting, model.tokenizer(), pairs, arithmetic),
          prepared,
          rateBefore,
          MatrixRate.measure(),
          torch.version());
    } finally {
      MoreFiles.deleteRecursively(scratch, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static TorchPolicy policy(Setting setting, LanguageModel model) {
    TorchPolicy policy =
        setting == Setting.FULL ? model.trainWeights() : model.train(Lora.rank(RANK));
    return policy.checkpointing(
        setting == Setting.CHECKPOINTED ? Checkpointing.on() : Checkpointing.off());
  }

  private static Reference reference(Setting setting, Path cache) {
    return switch (setting) {
      case CACHED -> Reference.cachedOnly(cache);
      case FULL -> Reference.frozenCopy();
      case LIVE, CHECKPOINTED, LONG -> Reference.adapterOff();
    };
  }

  private static double fill(Path cache, LanguageModel model, PreferenceDataset pairs) {
    long began = System.nanoTime();
    ReferenceCache.in(cache)
        .withBatchSize(PAIRS_A_STEP)
        .fill(model.base(), model.tokenizer(), pairs);
    return (System.nanoTime() - began) * NANO;
  }

  /** The clock of the first step starts with the run, tokenization included. */
  private static Timing train(
      Setting setting,
      TorchPolicy policy,
      Reference reference,
      PreferenceDataset pairs,
      Options options)
      throws IOException {
    List<Long> times = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    DpoTrainer trainer =
        DpoTrainer.builder()
            .policy(policy)
            .reference(reference)
            .beta(0.1)
            .optimizer(AdamW.learningRate(1e-4))
            .schedule(Schedule.constant())
            .batchSize(PAIRS_A_STEP)
            .shuffle(false)
            .listener(
                step -> {
                  times.add(System.nanoTime());
                  losses.add(step.metrics().get("loss"));
                })
            .build();
    times.add(System.nanoTime());
    trainer.train(pairs);
    List<Double> seconds = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      seconds.add((times.get(i) - times.get(i - 1)) * NANO);
    }
    return new Timing(setting.label(), seconds, losses, PeakMemory.bytes(), options.threads());
  }

  private static ImmutableList<Work> work(
      Setting setting, Tokenizer tokenizer, PreferenceDataset pairs, Arithmetic arithmetic) {
    ImmutableList.Builder<Work> work = ImmutableList.builder();
    for (int from = 0; from < pairs.size(); from += PAIRS_A_STEP) {
      List<PromptGroup> groups = new ArrayList<>();
      for (int i = from; i < Math.min(from + PAIRS_A_STEP, pairs.size()); i++) {
        groups.add(
            tokenizer.encode(
                pairs.get(i).prompt(), List.of(pairs.get(i).chosen(), pairs.get(i).rejected())));
      }
      BatchCount batch = BatchCount.of(groups);
      work.add(
          new Work(
              groups.size(),
              batch.tokens(),
              arithmetic.useful(setting, batch),
              arithmetic.recomputed(setting, batch)));
    }
    return work.build();
  }
}
