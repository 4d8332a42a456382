package modular;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.api.data.spi.RecordSource;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.TorchPolicy;

/** Reads pairs, trains an adapter a little and keeps it: from a module, with modules. */
public final class Main {

  private Main() {}

  /**
   * Runs.
   *
   * @param args a model's directory, a file of pairs, and where the adapter goes
   */
  public static void main(String[] args) throws Exception {
    for (Class<?> type : new Class<?>[] {Main.class, LanguageModel.class, PreferencePair.class}) {
      if (!type.getModule().isNamed()) {
        throw new IllegalStateException(type + " is in no module");
      }
    }
    if (ServiceLoader.load(RecordSource.class).findFirst().isEmpty()) {
      throw new IllegalStateException("dpo-parquet is not found");
    }
    try (FileData<PreferenceDataset> data = PreferenceFiles.at(Path.of(args[1])).pairs();
        LanguageModel model = LanguageModel.load(Path.of(args[0]))) {
      TorchPolicy policy = model.train(Lora.rank(4));
      TrainingReport report =
          DpoTrainer.builder()
              .policy(policy)
              .reference(Reference.adapterOff())
              .maxSteps(3)
              .build()
              .train(data.dataset());
      policy.saveAdapter(Path.of(args[2]));
      System.out.println(
          report.steps().size()
              + " steps on Java "
              + Runtime.version().feature()
              + ", "
              + Files.size(Path.of(args[2], "adapter_model.safetensors"))
              + " bytes of adapter");
    }
  }
}
