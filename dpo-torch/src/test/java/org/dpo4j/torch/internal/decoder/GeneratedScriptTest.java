package org.dpo4j.torch.internal.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The text that is written for each tiny checkpoint stands among the test resources, to be read,
 * and to show what a change to its writers changes. What was written stands in {@code
 * target/scripts}; where it is right, it is copied from there.
 */
class GeneratedScriptTest {

  @ParameterizedTest
  @FieldSource(TinyModels.SOURCE)
  void script_ofATinyModel_isTheTextThatWasRead(String name) throws IOException {
    DecoderSpec spec = TinyModels.decoder(name);
    String text =
        "# With LoRA of rank 2 on every linear module, trained\n"
            + training(spec, ImmutableList.of(lora(spec, true)), tensor -> false)
            + "# All of the checkpoint's own tensors trained\n"
            + training(spec, ImmutableList.of(), tensor -> true)
            + "# Generating, with that LoRA\n"
            + generating(spec, ImmutableList.of(lora(spec, false)));
    Path written = Files.createDirectories(Path.of("target", "scripts")).resolve(name + ".py");
    Files.writeString(written, text);
    assertThat(text)
        .as("what was written is in %s", written)
        .isEqualTo(
            Resources.toString(
                Resources.getResource("scripts/" + name + ".py"), StandardCharsets.UTF_8));
  }

  private static String training(
      DecoderSpec spec, ImmutableList<LayerAdapter> adapters, Predicate<String> trained) {
    List<String> layers = new ArrayList<>();
    for (LayerSpec layer : spec.layers()) {
      boolean last = layers.size() == spec.layers().size() - 1;
      layers.add(new LayerScript(layer, adapters, trained, last, true).text());
    }
    return LayerMethods.of(layers).text();
  }

  private static String generating(DecoderSpec spec, ImmutableList<LayerAdapter> adapters) {
    List<CachedLayerScript> layers = new ArrayList<>();
    for (LayerSpec layer : spec.layers()) {
      boolean last = layers.size() == spec.layers().size() - 1;
      layers.add(new CachedLayerScript(layer, adapters, last, true));
    }
    LayerMethods methods = LayerMethods.of(layers.stream().map(CachedLayerScript::text).toList());
    int float32 = 6;
    return methods.text() + new StepScript(spec, float32, layers, methods.names()).text();
  }

  private static LayerAdapter lora(DecoderSpec spec, boolean trained) {
    ImmutableMap.Builder<String, LayerAdapter.Branch> branches = ImmutableMap.builder();
    for (LinearSpec module : spec.linears()) {
      branches.put(module.module(), new LayerAdapter.Branch(2, 0.5));
    }
    return new LayerAdapter(branches.buildOrThrow(), 0, trained);
  }
}
