// The README's example, word for word; a test compares them.
package org.dpo4j.examples;

import java.util.List;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.Losses;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;

public final class ReadmeExample {

  public static void main(String[] args) {
    PreferenceDataset pairs =
        PreferenceDataset.of(
            PreferencePair.of(
                "The film was", " a delight from start to end", " two hours I want back"),
            PreferencePair.of("The film was", " a delight from start to end", " fine"),
            PreferencePair.of("The soup was", " warm and rich", " two hours late")
                .withAgreement(0.8));

    TabularPolicy policy =
        TabularPolicy.of(
            WordTokenizer.of(
                List.of(
                    "The film was a delight from start to end",
                    "The film was two hours I want back fine",
                    "The soup was warm and rich two hours late")));

    TrainingReport report =
        DpoTrainer.builder()
            .policy(policy) // anything that implements the port: here a table
            .reference(Reference.frozenCopy())
            .loss(Losses.dpo())
            .beta(0.1)
            .optimizer(AdamW.learningRate(0.05))
            .schedule(Schedule.linear().warmup(0.1))
            .batchSize(3)
            .epochs(40)
            .seed(42)
            .listener(step -> System.out.println(step.step() + "  " + step.metrics()))
            .build()
            .train(pairs);

    System.out.println(report);
  }
}
