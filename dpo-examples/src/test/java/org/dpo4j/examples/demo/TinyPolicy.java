package org.dpo4j.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.TorchPolicy;

/**
 * The demo's decoder before it has learnt to write, and an adapter that likes one word.
 *
 * @param model a directory
 * @param adapter a directory
 */
public record TinyPolicy(Path model, Path adapter) {

  /** A prompt it knows the words of. */
  public static final String PROMPT = "review of the silent harbour :";

  /** Writes both; a second or two. */
  public static TinyPolicy write(Path directory) throws IOException {
    TinyPolicy written = new TinyPolicy(directory.resolve("model"), directory.resolve("adapter"));
    SmallModel.write(written.model(), FilmReviews.vocabulary(), 42);
    try (LanguageModel model = LanguageModel.load(written.model(), Placement.on("cpu"))) {
      TorchPolicy policy = model.train(Lora.rank(4));
      DpoTrainer.builder()
          .policy(policy)
          .reference(Reference.adapterOff())
          .beta(0.1)
          .optimizer(AdamW.learningRate(0.01))
          .batchSize(1)
          .epochs(5)
          .build()
          .train(PreferenceDataset.of(PreferencePair.of(PROMPT, " superb .", " dull .")));
      policy.saveAdapter(written.adapter());
    }
    return written;
  }
}
