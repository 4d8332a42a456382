package org.dpo4j.torch.internal.architecture;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableMap;
import org.dpo4j.torch.internal.architecture.MlpSpec.Activation;

/** The nonlinearities by the names configurations use. */
final class Activations {

  private static final ImmutableMap<String, Activation> BY_NAME =
      ImmutableMap.<String, Activation>builder()
          .put("silu", Activation.SILU)
          .put("swish", Activation.SILU)
          .put("gelu", Activation.GELU)
          .put("gelu_python", Activation.GELU)
          .put("gelu_new", Activation.GELU_TANH)
          .put("gelu_pytorch_tanh", Activation.GELU_TANH)
          .put("gelu_python_tanh", Activation.GELU_TANH)
          // The same with √(2/π) cut to ten digits (GPT-NeoX-20B).
          .put("gelu_fast", Activation.GELU_TANH)
          .buildOrThrow();

  private Activations() {}

  static Activation read(ModelConfig config, String field, String usual) {
    String name = config.optionalString(field).orElse(usual);
    Activation activation = BY_NAME.get(name);
    if (activation == null) {
      throw config.refuse(field, "must be one of " + Joiner.on(", ").join(BY_NAME.keySet()));
    }
    return activation;
  }
}
