package org.dpo4j.torch.internal.architecture;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Whether a checkpoint holds what a decoder reads, nothing missing and nothing left over. */
public final class WeightCheck {

  private WeightCheck() {}

  /**
   * Finds the decoder's tensors in a checkpoint. Left over may be what the architecture ignores.
   *
   * @param architecture the family, for its names
   * @param decoder what is needed
   * @param found the shapes of the checkpoint's tensors by their names there
   * @param place the checkpoint, for the message
   * @return the checkpoint's names by the decoder's, for every tensor of {@link
   *     DecoderSpec#weights()} and in its order
   * @throws IllegalArgumentException if tensors are missing, left over, there twice or of another
   *     shape; the message counts each kind and lists its first ten
   */
  public static ImmutableMap<String, String> match(
      Architecture architecture, DecoderSpec decoder, Map<String, TensorShape> found, Path place) {
    ImmutableMap<String, TensorShape> needed = decoder.weights();
    ImmutableListMultimap<String, String> held =
        found.keySet().stream()
            .filter(tensor -> needed.containsKey(architecture.nameOf(tensor)))
            .collect(ImmutableListMultimap.toImmutableListMultimap(architecture::nameOf, x -> x));
    ImmutableList<String> problems =
        Stream.of(
                Findings.of("missing", missing(needed, held)),
                Findings.of("left over", leftOver(architecture, needed, found)),
                Findings.of("there twice", twice(held)),
                Findings.of("of another shape", misshapen(needed, held, found)))
            .flatMap(List::stream)
            .collect(ImmutableList.toImmutableList());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the tensors are not those of the %s that config.json describes: %s",
              place,
              decoder.modelType(),
              Joiner.on("; ").join(problems)));
    }
    return needed.keySet().stream()
        .collect(ImmutableMap.toImmutableMap(name -> name, name -> held.get(name).get(0)));
  }

  private static ImmutableList<String> missing(
      ImmutableMap<String, TensorShape> needed, ImmutableListMultimap<String, String> held) {
    return needed.entrySet().stream()
        .filter(tensor -> !held.containsKey(tensor.getKey()))
        .map(tensor -> tensor.getKey() + " " + tensor.getValue())
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> leftOver(
      Architecture architecture,
      ImmutableMap<String, TensorShape> needed,
      Map<String, TensorShape> found) {
    return found.entrySet().stream()
        .filter(tensor -> !needed.containsKey(architecture.nameOf(tensor.getKey())))
        .filter(tensor -> !architecture.ignores(tensor.getKey()))
        .map(tensor -> tensor.getKey() + " " + tensor.getValue())
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> twice(ImmutableListMultimap<String, String> held) {
    return held.asMap().values().stream()
        .filter(names -> names.size() > 1)
        .map(names -> Joiner.on(" and ").join(names))
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> misshapen(
      ImmutableMap<String, TensorShape> needed,
      ImmutableListMultimap<String, String> held,
      Map<String, TensorShape> found) {
    return held.entries().stream()
        .filter(
            tensor -> !Objects.equals(needed.get(tensor.getKey()), found.get(tensor.getValue())))
        .map(
            tensor ->
                String.format(
                    Locale.ROOT,
                    "%s %s, expected %s",
                    tensor.getValue(),
                    found.get(tensor.getValue()),
                    needed.get(tensor.getKey())))
        .collect(ImmutableList.toImmutableList());
  }
}
