package org.dpo4j.torch.internal.decoder;

import static org.dpo4j.torch.internal.decoder.ScriptText.call;

import org.dpo4j.torch.internal.architecture.MlpSpec;
import org.dpo4j.torch.internal.architecture.MlpSpec.Activation;

/**
 * Writes an MLP: {@code n2} to {@code y}, by the activation to {@code m}, to {@code z}. Only y is
 * kept.
 *
 * @param text to write to
 * @param linears its linear modules
 * @param spec the MLP
 */
record MlpScript(ScriptText text, LinearScript linears, MlpSpec spec) {

  void forward() {
    JoinedLinear in = JoinedLinear.input(spec);
    linears.forward("y", in, "n2");
    text.keep("y", in.out());
    text.set("m", activation(kernel(), "y"));
    linears.forward("z", JoinedLinear.output(spec), "m");
  }

  /** From {@code dz} to {@code dn2}. */
  void backward() {
    JoinedLinear in = JoinedLinear.input(spec);
    JoinedLinear out = JoinedLinear.output(spec);
    linears.backward("dm", out, "dz", "z");
    text.set("both", activation(kernel() + "_backward_", "dm, y"));
    text.set("m", "both[0]");
    text.set("dy", "both[1]");
    linears.gradients(out, "dz", "m", "z");
    linears.backward("dn2", in, "dy", "y");
    linears.gradients(in, "dy", "n2", "y");
  }

  private String kernel() {
    String function = function() == Activation.SILU ? "silu" : "gelu";
    return spec instanceof MlpSpec.Plain ? function : function + "_gate";
  }

  private String activation(String kernel, String arguments) {
    return switch (function()) {
      case SILU -> call(kernel, arguments);
      case GELU -> call(kernel, arguments, "\"none\"");
      case GELU_TANH -> call(kernel, arguments, "\"tanh\"");
    };
  }

  private Activation function() {
    if (spec instanceof MlpSpec.Gated gated) {
      return gated.activation();
    }
    return spec instanceof MlpSpec.JoinedGated joined
        ? joined.activation()
        : ((MlpSpec.Plain) spec).activation();
  }
}
