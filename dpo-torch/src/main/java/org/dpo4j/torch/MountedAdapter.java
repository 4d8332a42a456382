package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.peft.LoraModule;
import org.dpo4j.torch.internal.peft.Matrix;
import org.dpo4j.torch.internal.peft.PeftAdapter;

/**
 * An adapter on a device, and how it was made.
 *
 * @param form modules, scales and dropout; its numbers are those it was mounted with
 * @param tensors its numbers as they are now
 */
record MountedAdapter(PeftAdapter form, Adapter tensors) {

  static MountedAdapter of(Model model, PeftAdapter adapter, PtNDManager owner) {
    return new MountedAdapter(
        adapter,
        Adapter.of(
            model,
            owner,
            adapter.modules().stream().map(MountedAdapter::source).toList(),
            adapter.dropout()));
  }

  /** A copy with numbers of its own. */
  MountedAdapter copy(Model model, PtNDManager owner) {
    return new MountedAdapter(form, model.copy(tensors, owner));
  }

  /** The same numbers, trained with another dropout. */
  MountedAdapter withDropout(double dropout) {
    return new MountedAdapter(form.withDropout(dropout), tensors.withDropout(dropout));
  }

  /** The numbers as they are now. */
  PeftAdapter read(Optional<String> baseModel) {
    return new PeftAdapter(
        form.modules().stream().map(this::read).collect(ImmutableList.toImmutableList()),
        form.dropout(),
        baseModel);
  }

  private LoraModule read(LoraModule module) {
    Adapter.Source now = tensors.source(module.linear().module());
    return new LoraModule(
        module.linear(),
        module.scale(),
        Matrix.copyOf(module.a().rows(), module.a().columns(), now.a()),
        Matrix.copyOf(module.b().rows(), module.b().columns(), now.b()));
  }

  private static Adapter.Source source(LoraModule module) {
    return new Adapter.Source(
        module.linear().module(),
        module.linear().in(),
        module.linear().out(),
        module.scale().rank(),
        module.scale().value(),
        floats(module.a()),
        floats(module.b()));
  }

  private static float[] floats(Matrix matrix) {
    FloatBuffer values = matrix.values();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }
}
