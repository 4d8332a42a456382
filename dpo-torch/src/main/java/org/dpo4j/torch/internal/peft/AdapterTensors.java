package org.dpo4j.torch.internal.peft;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.Findings;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.safetensors.SafetensorsFile;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.Widening;

/** The tensors of an {@code adapter_model.safetensors}. */
final class AdapterTensors {

  static final String FILE = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  static final String HEAD = PREFIX + "score.weight";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final int CHUNK_BYTES = 1 << 20;

  /** Those of one layer say it, and there are hundreds. */
  private static final int LISTED = 3;

  private AdapterTensors() {}

  /**
   * What the file holds.
   *
   * @param modules at least one
   * @param head {@code [1, width]}, if the task has one
   */
  record Tensors(ImmutableList<LoraModule> modules, Optional<Matrix> head) {}

  static String nameOfA(LinearSpec linear) {
    return PREFIX + linear.module() + A;
  }

  static String nameOfB(LinearSpec linear) {
    return PREFIX + linear.module() + B;
  }

  /**
   * Reads exactly what a configuration describes.
   *
   * @throws IllegalArgumentException if the file holds anything else
   */
  static Tensors read(Path file, AdapterConfig config, AdapterTask task, DecoderSpec decoder) {
    ImmutableList<LinearSpec> linears = config.modules(decoder);
    ImmutableMap<String, TensorEntry> tensors = SafetensorsFile.read(file);
    match(file, needed(config, linears, task, decoder), tensors, config, decoder);
    tensors.values().forEach(AdapterTensors::checkReadable);
    return new Tensors(
        modules(config, linears, tensors),
        task.hasHead() ? Optional.of(matrix(tensors, HEAD)) : Optional.empty());
  }

  /**
   * Looks whether the file holds what a configuration describes, by its header alone.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(Path file, AdapterConfig config, AdapterTask task, DecoderSpec decoder) {
    match(
        file,
        needed(config, config.modules(decoder), task, decoder),
        SafetensorsFile.read(file),
        config,
        decoder);
  }

  private static ImmutableList<LoraModule> modules(
      AdapterConfig config,
      ImmutableList<LinearSpec> linears,
      ImmutableMap<String, TensorEntry> tensors) {
    return linears.stream()
        .map(
            linear ->
                new LoraModule(
                    linear,
                    config.scale(linear),
                    matrix(tensors, nameOfA(linear)),
                    matrix(tensors, nameOfB(linear))))
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableMap<String, TensorShape> needed(
      AdapterConfig config,
      ImmutableList<LinearSpec> linears,
      AdapterTask task,
      DecoderSpec decoder) {
    ImmutableMap.Builder<String, TensorShape> needed = ImmutableMap.builder();
    for (LinearSpec linear : linears) {
      int rank = config.scale(linear).rank();
      needed.put(nameOfA(linear), TensorShape.of(rank, linear.in()));
      needed.put(nameOfB(linear), TensorShape.of(linear.out(), rank));
    }
    if (task.hasHead()) {
      needed.put(HEAD, TensorShape.of(1, decoder.width()));
    }
    return needed.buildOrThrow();
  }

  private static void match(
      Path file,
      ImmutableMap<String, TensorShape> needed,
      ImmutableMap<String, TensorEntry> found,
      AdapterConfig config,
      DecoderSpec decoder) {
    ImmutableList<String> leftOver =
        found.values().stream()
            .filter(tensor -> !needed.containsKey(tensor.name()))
            .map(tensor -> tensor.name() + " " + tensor.shape())
            .collect(ImmutableList.toImmutableList());
    ImmutableList<String> problems =
        Stream.of(
                Findings.of("missing", missing(needed, found), LISTED),
                Findings.of("left over", leftOver, LISTED),
                Findings.of("of another shape", misshapen(needed, found), LISTED))
            .flatMap(List::stream)
            .collect(ImmutableList.toImmutableList());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the tensors are not those that %s describes: %s%s%s",
              file,
              AdapterConfig.FILE,
              Joiner.on("; ").join(problems),
              hint(found, decoder),
              config
                  .baseModel()
                  .map(base -> "; it was trained on " + Shown.text(base))
                  .orElse("")));
    }
  }

  private static ImmutableList<String> missing(
      ImmutableMap<String, TensorShape> needed, ImmutableMap<String, TensorEntry> found) {
    return needed.entrySet().stream()
        .filter(tensor -> !found.containsKey(tensor.getKey()))
        .map(tensor -> tensor.getKey() + " " + tensor.getValue())
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> misshapen(
      ImmutableMap<String, TensorShape> needed, ImmutableMap<String, TensorEntry> found) {
    return needed.entrySet().stream()
        .filter(tensor -> found.containsKey(tensor.getKey()))
        .map(tensor -> Map.entry(found.get(tensor.getKey()), tensor.getValue()))
        .filter(pair -> !pair.getKey().shape().equals(pair.getValue()))
        .map(
            pair ->
                String.format(
                    Locale.ROOT,
                    "%s %s, expected %s",
                    pair.getKey().name(),
                    pair.getKey().shape(),
                    pair.getValue()))
        .collect(ImmutableList.toImmutableList());
  }

  /** What the model has, where the file speaks of modules it has not. */
  private static String hint(ImmutableMap<String, TensorEntry> found, DecoderSpec decoder) {
    ImmutableSet<String> possible =
        decoder.linears().stream()
            .flatMap(linear -> Stream.of(nameOfA(linear), nameOfB(linear)))
            .collect(ImmutableSet.toImmutableSet());
    return possible.containsAll(Sets.difference(found.keySet(), ImmutableSet.of(HEAD)))
        ? ""
        : String.format(
            Locale.ROOT,
            "; of a %s of %d layers %s can be adapted",
            decoder.modelType(),
            decoder.layers().size(),
            ModuleNames.listed(decoder));
  }

  private static void checkReadable(TensorEntry tensor) {
    Check.that(
        Widening.TYPES.contains(tensor.type()),
        "%s: tensor %s must be of %s, got %s",
        tensor.file(),
        tensor.name(),
        Joiner.on(", ").join(Widening.TYPES),
        tensor.type());
    Check.that(
        Matrix.fits(tensor.shape().sizes().get(0), tensor.shape().sizes().get(1)),
        "%s: tensor %s must have fewer than 2³¹ numbers, got shape %s",
        tensor.file(),
        tensor.name(),
        tensor.shape());
  }

  private static Matrix matrix(ImmutableMap<String, TensorEntry> tensors, String name) {
    TensorEntry tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException(name + " was found and is gone");
    }
    int rows = (int) tensor.shape().sizes().get(0);
    int columns = (int) tensor.shape().sizes().get(1);
    return Matrix.filled(rows, columns, numbers -> fill(tensor, columns, numbers));
  }

  private static void fill(TensorEntry tensor, int columns, FloatBuffer numbers) {
    tensor.read(CHUNK_BYTES, (offset, chunk) -> Widening.put(tensor.type(), chunk, numbers));
    for (int i = 0; i < numbers.limit(); i++) {
      float number = numbers.get(i);
      Check.that(
          Float.isFinite(number),
          "%s: tensor %s must hold finite numbers, got %s at [%d, %d]",
          tensor.file(),
          tensor.name(),
          number,
          i / columns,
          i % columns);
    }
  }
}
