package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.dpo4j.torch.internal.architecture.RotarySpec;

/**
 * A packed batch on a device.
 *
 * @param batch the batch
 * @param owner of the tensors, and of all that a pass makes
 * @param ids {@code [tokens]}
 * @param positions {@code [tokens]}
 * @param rows {@code [targets]}
 * @param targets {@code [targets]}
 * @param whole numbers of rows that the layers' products may take at once
 * @param wholeTargets and the head's
 * @param rotaries cosine, sine and −sine, each {@code [tokens, 1, rotary width / 2]}
 * @param plans by window and whether all parts need masks
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Inputs(
    PackedBatch batch,
    PtNDManager owner,
    PtNDArray ids,
    PtNDArray positions,
    PtNDArray rows,
    PtNDArray targets,
    long[] whole,
    long[] wholeTargets,
    Map<Optional<RotarySpec>, TensorList> rotaries,
    Map<PlanKey, DevicePlan> plans)
    implements AutoCloseable {

  /** Layers with equal keys share a plan. */
  record PlanKey(OptionalInt window, boolean masked) {}

  /**
   * What attends to what.
   *
   * @param parts five numbers a part
   * @param masks on the device
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record DevicePlan(long[] parts, PtNDArray masks) {}

  static Inputs of(
      List<Network.Layer> layers, PackedBatch batch, WholeRows whole, PtNDManager owner) {
    Map<Optional<RotarySpec>, TensorList> rotaries = new HashMap<>();
    Map<PlanKey, DevicePlan> plans = new HashMap<>();
    for (Network.Layer layer : layers) {
      rotaries.computeIfAbsent(
          layer.spec().attention().rotary(),
          rotary -> TensorList.of(tables(rotary, batch.positions(), owner)));
      plans.computeIfAbsent(key(layer), key -> plan(key, batch, owner));
    }
    return new Inputs(
        batch,
        owner,
        (PtNDArray) owner.create(batch.ids()),
        (PtNDArray) owner.create(batch.positions()),
        (PtNDArray) owner.create(batch.rows()),
        (PtNDArray) owner.create(batch.targets()),
        whole.ofLayers(batch.ids().length),
        whole.ofHead(batch.targets().length),
        rotaries,
        plans);
  }

  static PlanKey key(Network.Layer layer) {
    return new PlanKey(layer.spec().attention().window(), layer.masked());
  }

  TensorList rotary(Network.Layer layer) {
    return Objects.requireNonNull(rotaries.get(layer.spec().attention().rotary()));
  }

  DevicePlan plan(Network.Layer layer) {
    return Objects.requireNonNull(plans.get(key(layer)));
  }

  private static DevicePlan plan(PlanKey key, PackedBatch batch, PtNDManager owner) {
    PackedBatch.Plan plan = batch.plan(key.window(), key.masked());
    return new DevicePlan(plan.parts(), (PtNDArray) owner.create(plan.masks()));
  }

  /** Cosine, sine and −sine at some positions; nothing where nothing turns. */
  static ImmutableList<PtNDArray> tables(
      Optional<RotarySpec> rotary, long[] positions, PtNDManager owner) {
    if (rotary.isEmpty()) {
      return ImmutableList.of();
    }
    double[] frequencies = rotary.get().inverseFrequencies().toArray();
    double magnitude = rotary.get().magnitude();
    int tokens = positions.length;
    float[] cosine = new float[tokens * frequencies.length];
    float[] sine = new float[cosine.length];
    float[] back = new float[cosine.length];
    for (int at = 0; at < cosine.length; at++) {
      double angle = positions[at / frequencies.length] * frequencies[at % frequencies.length];
      cosine[at] = (float) (magnitude * Math.cos(angle));
      sine[at] = (float) (magnitude * Math.sin(angle));
      back[at] = -sine[at];
    }
    Shape shape = new Shape(tokens, 1, frequencies.length);
    return ImmutableList.of(
        (PtNDArray) owner.create(cosine, shape),
        (PtNDArray) owner.create(sine, shape),
        (PtNDArray) owner.create(back, shape));
  }

  @Override
  public void close() {
    rotaries.values().forEach(TensorList::close);
    owner.close();
  }
}
