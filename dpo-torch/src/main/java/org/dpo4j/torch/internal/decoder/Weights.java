package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/**
 * A decoder's numbers on a device. Matrices that are computed together lie in one ({@link
 * JoinedLinear}), of which the checkpoint's own tensors are views.
 */
final class Weights {

  private final Kernels kernels;
  private final Map<String, PtNDArray> computed = new LinkedHashMap<>();
  private final Map<String, PtNDArray> views = new LinkedHashMap<>();
  private final Map<String, Place> places = new LinkedHashMap<>();

  /** Where a tensor lies in a joined one. */
  private record Place(String joined, long row, long rows) {}

  private Weights(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Loads all tensors of a decoder.
   *
   * @param manager owns them
   * @param kernels to place them with
   * @param spec the decoder
   * @param entries the checkpoint's tensors by the decoder's names, of the right shapes
   * @param types how to hold matrices; vectors are always fp32
   */
  static Weights load(
      PtNDManager manager,
      Kernels kernels,
      DecoderSpec spec,
      Map<String, TensorEntry> entries,
      NumberTypes types) {
    Weights weights = new Weights(kernels);
    WeightReader reader = new WeightReader(manager, kernels, entries, types);
    for (LayerSpec layer : spec.layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        if (linear.modules().size() > 1) {
          weights.join(linear, manager, reader);
        }
      }
    }
    spec.weights()
        .forEach(
            (name, shape) -> {
              if (!weights.places.containsKey(name)) {
                weights.computed.put(name, reader.read(name, shape));
              }
            });
    spec.weights().keySet().forEach(name -> weights.views.put(name, weights.view(manager, name)));
    return weights;
  }

  private void join(JoinedLinear linear, PtNDManager manager, WeightReader reader) {
    computed.put(linear.weight(), reader.empty(linear.out(), linear.in()));
    if (linear.hasBias()) {
      computed.put(linear.bias(), reader.zeros(linear.out()));
    }
    long row = 0;
    for (LinearSpec module : linear.modules()) {
      places.put(module.weight(), new Place(linear.weight(), row, module.out()));
      reader.fill(view(manager, module.weight()), module.weight());
      if (module.hasBias()) {
        places.put(module.bias(), new Place(linear.bias(), row, module.out()));
        reader.fill(view(manager, module.bias()), module.bias());
      }
      row += module.out();
    }
  }

  private PtNDArray view(PtNDManager manager, String name) {
    Place place = places.get(name);
    return place == null
        ? computed(name)
        : kernels.tensor(manager, "part", computed(place.joined()), place.row(), place.rows());
  }

  /** Some tensors, and those joined with them. */
  Set<String> copiedWith(Set<String> names) {
    Set<String> joined = new HashSet<>();
    for (String name : names) {
      Place place = places.get(name);
      if (place != null) {
        joined.add(place.joined());
      }
    }
    Set<String> all = new HashSet<>(names);
    places.forEach(
        (name, place) -> {
          if (joined.contains(place.joined())) {
            all.add(name);
          }
        });
    return all;
  }

  /** These weights with copies of some tensors, and of those joined with them. */
  Weights withCopiesOf(Set<String> names, PtNDManager memory) {
    Weights copy = new Weights(kernels);
    copy.computed.putAll(computed);
    copy.places.putAll(places);
    copy.views.putAll(views);
    Set<String> changed = new HashSet<>();
    for (String name : names) {
      Place place = places.get(name);
      changed.add(place == null ? name : place.joined());
    }
    for (String name : changed) {
      copy.computed.put(name, kernels.tensor(memory, "copy", computed(name)));
    }
    for (String name : views.keySet()) {
      Place place = places.get(name);
      if (changed.contains(place == null ? name : place.joined())) {
        copy.views.put(name, copy.view(memory, name));
      }
    }
    return copy;
  }

  /**
   * A tensor that a layer computes with.
   *
   * @param name of a tensor, or of a joined one
   */
  PtNDArray computed(String name) {
    return Objects.requireNonNull(computed.get(name), name);
  }

  /** A tensor of the checkpoint, perhaps as a view of a joined one. */
  PtNDArray tensor(String name) {
    return Objects.requireNonNull(views.get(name), name);
  }

  /** All tensors of the checkpoint by name. */
  ImmutableMap<String, PtNDArray> tensors() {
    return ImmutableMap.copyOf(views);
  }
}
