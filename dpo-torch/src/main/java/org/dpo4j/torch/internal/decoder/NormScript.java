package org.dpo4j.torch.internal.decoder;

import static org.dpo4j.torch.internal.decoder.ScriptText.call;
import static org.dpo4j.torch.internal.decoder.ScriptText.number;

import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.NormSpec;

/**
 * Writes norms. An RMS norm {@code y} keeps its {@code r}, one number a row, under the name {@code
 * yr}; y itself is computed again.
 *
 * @param text to write to
 * @param trained which of the layer's own tensors are trained
 */
record NormScript(ScriptText text, Predicate<String> trained) {

  /**
   * {@code y = norm(x)}.
   *
   * @param rows rows a token: 1, or heads
   */
  void forward(String y, NormSpec norm, String x, int rows) {
    if (norm.kind() != NormSpec.Kind.LAYER) {
      text.set(y + "r", call("inverse_rms", x, number(norm.epsilon())));
      text.keep(y + "r", rows);
    }
    again(y, norm, x);
  }

  /** The same in the backward pass. */
  void again(String y, NormSpec norm, String x) {
    text.set(
        y,
        switch (norm.kind()) {
          case RMS -> call("rms_norm", x, weight(norm), y + "r");
          case RMS_PLUS_ONE -> call("rms_norm_plus_one", x, weight(norm), y + "r");
          case LAYER -> call("layer_norm", x, weight(norm), bias(norm), number(norm.epsilon()));
        });
  }

  /** Adds to {@code dx}, and to the gradients of trained weights. */
  void backward(String dx, NormSpec norm, String dy, String x, String y) {
    boolean isTrained = trained.test(norm.weight());
    switch (norm.kind()) {
      case RMS, RMS_PLUS_ONE -> {
        if (isTrained) {
          text.run("rms_norm_weight_", text.gradient(norm.weight()), dy, x, y + "r");
        }
        String kernel =
            norm.kind() == NormSpec.Kind.RMS ? "rms_norm_backward_" : "rms_norm_plus_one_backward_";
        text.run(kernel, dx, dy, x, weight(norm), y + "r");
      }
      case LAYER -> {
        String epsilon = number(norm.epsilon());
        if (isTrained) {
          String dw = text.gradient(norm.weight());
          String db = text.gradient(norm.bias().orElseThrow());
          text.run("layer_norm_weight_", dw, db, dy, x, weight(norm), bias(norm), epsilon);
        }
        text.run("layer_norm_backward_", dx, dy, x, weight(norm), bias(norm), epsilon);
      }
    }
  }

  private String weight(NormSpec norm) {
    return text.weight(norm.weight());
  }

  private String bias(NormSpec norm) {
    return text.weight(norm.bias().orElseThrow());
  }
}
