package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.decoder.TensorState;
import org.dpo4j.torch.internal.decoder.Training;
import org.dpo4j.torch.internal.json.StrictJson;
import org.dpo4j.torch.internal.peft.LoraModule;

/**
 * The numbers that are trained, or a copy of them, as pieces of a state. An adapter is written as
 * {@link TorchPolicy#saveAdapter} writes it, byte for byte. One that stands on another has other
 * names, under which nobody takes it for an adapter of the base.
 *
 * @param model with trained weights, where those are trained
 * @param training what is trained
 * @param adapters the stack, where its top is trained
 * @param base directory of the model
 */
record TrainedState(
    Model model, Training training, ImmutableList<MountedAdapter> adapters, Path base) {

  private static final String WEIGHTS = "weights.safetensors";
  private static final int MAX_CONFIG_BYTES = 10_000_000;

  /** What of an adapter's configuration decides what it computes. */
  private static final ImmutableList<String> FORM =
      ImmutableList.of(
          "r",
          "lora_alpha",
          "use_rslora",
          "lora_dropout",
          "target_modules",
          "rank_pattern",
          "alpha_pattern");

  void save(StateSink sink) throws IOException {
    if (isAdapter()) {
      String config = config();
      sink.write(configFile(), out -> out.write(config.getBytes(StandardCharsets.UTF_8)));
    }
    try (PtNDManager views = (PtNDManager) model.manager().newSubManager()) {
      tensors(views).save(sink, TensorState.METADATA);
    }
  }

  /** Compares a state with what is here; changes nothing. */
  void check(StateSource source) throws IOException {
    requireKind(source, isAdapter() ? configFile() : WEIGHTS);
    if (isAdapter()) {
      checkForm(source);
    }
    try (PtNDManager views = (PtNDManager) model.manager().newSubManager()) {
      tensors(views).check(source);
    }
  }

  /** Takes up a state that was checked. */
  void restore(StateSource source) throws IOException {
    try (PtNDManager views = (PtNDManager) model.manager().newSubManager()) {
      tensors(views).restore(source);
    }
  }

  private static void requireKind(StateSource source, String piece) throws IOException {
    try {
      source.open(piece).close();
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the state must be of a policy that trains the same, and has no %s: %s",
              piece,
              e),
          e);
    }
  }

  private void checkForm(StateSource source) throws IOException {
    JsonObject found = object(source, configFile());
    JsonObject expected = StrictJson.object(Path.of(configFile()), config());
    for (String field : FORM) {
      Check.that(
          Objects.equals(found.get(field), expected.get(field)),
          "%s: %s must be %s, that of the adapter being trained, got %s",
          configFile(),
          field,
          expected.get(field),
          found.get(field));
    }
  }

  /** A small piece that is JSON. */
  static JsonObject object(StateSource source, String piece) throws IOException {
    try (InputStream in = source.open(piece)) {
      return StrictJson.object(
          Path.of(piece), new String(in.readNBytes(MAX_CONFIG_BYTES), StandardCharsets.UTF_8));
    }
  }

  private TensorState tensors(PtNDManager views) {
    ImmutableMap.Builder<String, PtNDArray> tensors = ImmutableMap.builder();
    if (training instanceof Training.ModelWeights weights) {
      weights
          .names()
          .forEach(name -> tensors.put(name, Objects.requireNonNull(model.tensors().get(name))));
      return new TensorState(model, WEIGHTS, tensors.buildOrThrow());
    }
    for (LoraModule module : top().form().modules()) {
      ImmutableList<PtNDArray> pair = top().tensors().pair(module.linear().module(), model, views);
      tensors.put(module.nameOfA(), pair.get(0)).put(module.nameOfB(), pair.get(1));
    }
    return new TensorState(model, prefix() + "_model.safetensors", tensors.buildOrThrow());
  }

  private boolean isAdapter() {
    return training instanceof Training.TopAdapter;
  }

  private MountedAdapter top() {
    return adapters.get(adapters.size() - 1);
  }

  private String config() {
    return top().form().withBaseModel(base.toString()).config(model.spec());
  }

  private String configFile() {
    return prefix() + "_config.json";
  }

  private String prefix() {
    return adapters.size() == 1 ? "adapter" : "stacked_adapter";
  }
}
