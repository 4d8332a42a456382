package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.function.Function;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.NormSpec;

/**
 * The norm before the head.
 *
 * @param kernels to compute with
 * @param spec the norm
 * @param weights the model's
 */
record FinalNorm(Kernels kernels, NormSpec spec, Weights weights) {

  PtNDArray forward(PtNDArray x, PtNDManager owner) {
    PtNDArray w = weights.tensor(spec.weight());
    if (spec.kind() == NormSpec.Kind.LAYER) {
      return kernels.tensor(owner, "layer_norm", x, w, bias(), spec.epsilon());
    }
    try (PtNDArray r = kernels.tensor(owner, "inverse_rms", x, spec.epsilon())) {
      return kernels.tensor(owner, kernel(""), x, w, r);
    }
  }

  /**
   * The gradient with respect to x; adds to those of the norm's trained weights.
   *
   * @param trained which are
   * @param gradient of a trained tensor
   */
  PtNDArray backward(
      PtNDArray dy,
      PtNDArray x,
      PtNDManager owner,
      Predicate<String> trained,
      Function<String, PtNDArray> gradient) {
    PtNDArray w = weights.tensor(spec.weight());
    PtNDArray dx = kernels.tensor(owner, "zeros", x);
    boolean isTrained = trained.test(spec.weight());
    if (spec.kind() == NormSpec.Kind.LAYER) {
      if (isTrained) {
        PtNDArray dw = gradient.apply(spec.weight());
        PtNDArray db = gradient.apply(spec.bias().orElseThrow());
        kernels.run("layer_norm_weight_", dw, db, dy, x, w, bias(), spec.epsilon());
      }
      kernels.run("layer_norm_backward_", dx, dy, x, w, bias(), spec.epsilon());
      return dx;
    }
    try (PtNDArray r = kernels.tensor(owner, "inverse_rms", x, spec.epsilon())) {
      if (isTrained) {
        kernels.run("rms_norm_weight_", gradient.apply(spec.weight()), dy, x, r);
      }
      kernels.run(kernel("_backward_"), dx, dy, x, w, r);
      return dx;
    }
  }

  private PtNDArray bias() {
    return weights.tensor(spec.bias().orElseThrow());
  }

  private String kernel(String suffix) {
    return (spec.kind() == NormSpec.Kind.RMS ? "rms_norm" : "rms_norm_plus_one") + suffix;
  }
}
