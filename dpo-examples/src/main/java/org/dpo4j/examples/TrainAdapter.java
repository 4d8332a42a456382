// The README's second example, word for word; a test compares them.
package org.dpo4j.examples;

import java.nio.file.Path;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.TorchPolicy;

public final class TrainAdapter {

  public static void main(String[] args) {
    Path checkpoint = Path.of(args[0]); // config.json, model.safetensors, tokenizer.json, …
    Path adapter = Path.of(args[1]);

    PreferenceDataset pairs =
        PreferenceDataset.of(
            PreferencePair.of(
                "How do I boil an egg?", " Nine minutes in boiling water.", " I do not know."),
            PreferencePair.of(
                "Is the shop open on Sunday?", " Yes, from ten to four.", " Look it up."));

    try (LanguageModel model = LanguageModel.load(checkpoint)) {
      TorchPolicy policy = model.train(Lora.rank(16));
      TrainingReport report =
          DpoTrainer.builder()
              .policy(policy)
              .reference(Reference.adapterOff()) // the base itself: no second model in memory
              .beta(0.1)
              .optimizer(AdamW.learningRate(1e-4))
              .batchSize(2)
              .epochs(10)
              .build()
              .train(pairs);
      System.out.println(report);

      policy.saveAdapter(adapter); // for PEFT, vLLM, llama.cpp, and LanguageModel.loadAdapter
    }
  }
}
