package org.dpo4j.torch.internal.peft;

import static com.google.common.collect.ImmutableMultiset.toImmutableMultiset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multisets;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.files.AtomicFile;
import org.dpo4j.torch.internal.safetensors.SafetensorsWriter;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;

/** An adapter as files. */
final class AdapterWriter {

  private static final int CHUNK_BYTES = 1 << 16;

  private AdapterWriter() {}

  static void write(
      Path directory, PeftAdapter adapter, Optional<Matrix> head, DecoderSpec decoder) {
    checkModules(adapter, decoder);
    Path file = directory.resolve(AdapterConfig.FILE);
    AdapterTask task = head.isPresent() ? AdapterTask.SEQ_CLS : AdapterTask.CAUSAL_LM;
    String config = config(adapter, task, decoder);
    AtomicFile.createDirectories(directory);
    // The usual case, newer weights of the same adapter, leaves no moment without one.
    boolean sameConfig = holds(file, config);
    if (!sameConfig) {
      delete(file);
    }
    SafetensorsWriter.write(
        directory.resolve(AdapterTensors.FILE),
        tensors(adapter, head),
        ImmutableMap.of("format", "pt"));
    if (!sameConfig) {
      AtomicFile.writeText(file, config);
    }
  }

  private static void checkModules(PeftAdapter adapter, DecoderSpec decoder) {
    ImmutableSet<String> known =
        decoder.linears().stream()
            .map(linear -> linear.module())
            .collect(ImmutableSet.toImmutableSet());
    for (LoraModule module : adapter.modules()) {
      Check.that(
          known.contains(module.linear().module()),
          "modules must be linear modules of the %s (%s), got %s",
          decoder.modelType(),
          ModuleNames.listed(decoder),
          module.linear().module());
    }
  }

  /**
   * The configuration. Without the options that PEFT has for other kinds of adapter: absent, they
   * are off, and a version of PEFT that does not know one of them yet would warn.
   */
  static String config(PeftAdapter adapter, AdapterTask task, DecoderSpec decoder) {
    ImmutableList<LoraModule> modules = adapter.modules();
    int rank = mostFrequent(modules, module -> module.scale().rank());
    double alpha = mostFrequent(modules, module -> module.scale().alpha());
    JsonObject json = new JsonObject();
    json.add(
        "alpha_pattern", others(modules, module -> number(module.scale().alpha()), number(alpha)));
    json.add("auto_mapping", JsonNull.INSTANCE);
    json.addProperty("base_model_name_or_path", adapter.baseModel().orElse(null));
    json.addProperty("bias", "none");
    json.addProperty(
        "fan_in_fan_out", modules.stream().allMatch(module -> module.linear().transposed()));
    json.addProperty("inference_mode", true);
    json.addProperty("init_lora_weights", true);
    json.add("layers_pattern", JsonNull.INSTANCE);
    json.add("layers_to_transform", JsonNull.INSTANCE);
    json.add("lora_alpha", number(alpha));
    json.addProperty("lora_dropout", adapter.dropout());
    json.add("modules_to_save", task.hasHead() ? heads() : JsonNull.INSTANCE);
    json.addProperty("peft_type", "LORA");
    json.addProperty("r", rank);
    json.add(
        "rank_pattern",
        others(
            modules, module -> new JsonPrimitive(module.scale().rank()), new JsonPrimitive(rank)));
    json.add("revision", JsonNull.INSTANCE);
    json.add("target_modules", targets(modules, decoder));
    json.addProperty("task_type", task.name());
    json.addProperty("use_rslora", modules.get(0).scale().rankStabilized());
    return new GsonBuilder()
            .serializeNulls()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(json)
        + "\n";
  }

  /** As PEFT has it. */
  private static JsonArray heads() {
    JsonArray heads = new JsonArray();
    heads.add("classifier");
    heads.add("score");
    return heads;
  }

  private static JsonArray targets(ImmutableList<LoraModule> modules, DecoderSpec decoder) {
    JsonArray targets = new JsonArray();
    ModuleNames.covering(
            decoder,
            modules.stream()
                .map(module -> module.linear().module())
                .collect(ImmutableSet.toImmutableSet()))
        .forEach(targets::add);
    return targets;
  }

  /** A whole number without a fraction, because some readers want an int. */
  private static JsonPrimitive number(double value) {
    return value == Math.rint(value) && value < 1e15
        ? new JsonPrimitive((long) value)
        : new JsonPrimitive(value);
  }

  private static <V> V mostFrequent(
      ImmutableList<LoraModule> modules, Function<LoraModule, V> value) {
    return Multisets.copyHighestCountFirst(
            modules.stream().map(value).collect(toImmutableMultiset()))
        .iterator()
        .next();
  }

  /** What other modules have instead, by their path. */
  private static JsonObject others(
      ImmutableList<LoraModule> modules,
      Function<LoraModule, JsonPrimitive> value,
      JsonPrimitive usual) {
    JsonObject others = new JsonObject();
    modules.stream()
        .filter(module -> !value.apply(module).equals(usual))
        .forEach(module -> others.add(module.linear().module(), value.apply(module)));
    return others;
  }

  private static ImmutableList<TensorSource> tensors(PeftAdapter adapter, Optional<Matrix> head) {
    Stream<TensorSource> modules =
        adapter.modules().stream()
            .flatMap(
                module ->
                    Stream.of(
                        tensor(AdapterTensors.nameOfA(module.linear()), module.a()),
                        tensor(AdapterTensors.nameOfB(module.linear()), module.b())));
    return Stream.concat(modules, head.map(matrix -> tensor(AdapterTensors.HEAD, matrix)).stream())
        .collect(ImmutableList.toImmutableList());
  }

  private static TensorSource tensor(String name, Matrix matrix) {
    return new TensorSource(
        name, TensorType.F32, matrix.shape(), out -> write(matrix.values(), out));
  }

  private static void write(FloatBuffer values, WritableByteChannel out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      int count = Math.min(values.remaining(), CHUNK_BYTES / Float.BYTES);
      chunk.clear().asFloatBuffer().put(values.slice().limit(count));
      values.position(values.position() + count);
      out.write(chunk.limit(count * Float.BYTES));
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.exists(file)
          && Arrays.equals(Files.readAllBytes(file), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file + ": " + e, e);
    }
  }
}
