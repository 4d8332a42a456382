package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.dpo4j.torch.internal.peft.LoraModule;
import org.dpo4j.torch.internal.peft.PeftAdapter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Adapters come back as they were. The directory named by the system property {@code peft.samples}
 * keeps them, with a file beside each that says what is in it: {@code
 * src/test/python/check_peft.py} loads them in PEFT.
 */
final class PeftSamplesTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void adapterOfPeft_writtenAgain(String model) throws IOException {
    DecoderSpec decoder = TinyModels.decoder(model);
    PeftAdapter adapter = PeftAdapter.read(TinyModels.file(model, "adapter"), decoder);
    assertThat(written(adapter, model, "rewritten")).isEqualTo(adapter);
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void adapterOfAllModules_beforeTraining(String model) throws IOException {
    PeftAdapter adapter = Lora.rank(4).dropout(0.25).initialise(TinyModels.decoder(model));
    assertThat(written(adapter, model, "all")).isEqualTo(adapter);
  }

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void adapterOfOneModule_rankStabilized(String model) throws IOException {
    DecoderSpec decoder = TinyModels.decoder(model);
    String last = decoder.linears().get(decoder.linears().size() - 1).module();
    PeftAdapter adapter =
        Lora.rank(6)
            .alpha(4.5)
            .rankStabilized()
            .targets(last.substring(last.lastIndexOf('.') + 1))
            .layers(1, 2)
            .initialise(decoder);
    assertThat(written(adapter, model, "one")).isEqualTo(adapter);
  }

  private PeftAdapter written(PeftAdapter adapter, String model, String name) throws IOException {
    String kept = System.getProperty("peft.samples");
    Path directory = (kept == null ? temporary : Path.of(kept)).resolve(model);
    DecoderSpec decoder = TinyModels.decoder(model);
    adapter.write(directory.resolve(name), decoder);
    Files.writeString(directory.resolve(name + ".json"), described(adapter).toString());
    return PeftAdapter.read(directory.resolve(name), decoder);
  }

  /** Rank, factor and first number of A and B, by module. */
  private static JsonObject described(PeftAdapter adapter) {
    JsonObject modules = new JsonObject();
    for (LoraModule module : adapter.modules()) {
      JsonArray values = new JsonArray();
      values.add(module.scale().rank());
      values.add(module.scale().value());
      values.add(module.a().values().get(0));
      values.add(module.b().values().get(0));
      modules.add(module.linear().module(), values);
    }
    JsonObject json = new JsonObject();
    json.addProperty("dropout", adapter.dropout());
    json.add("modules", modules);
    return json;
  }
}
