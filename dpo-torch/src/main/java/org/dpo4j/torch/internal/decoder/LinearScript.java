package org.dpo4j.torch.internal.decoder;

import static org.dpo4j.torch.internal.decoder.ScriptText.call;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ObjectArrays;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * Writes linear modules with the adapters on them.
 *
 * @param text to write to
 * @param adapters the adapters
 * @param trained which of the layer's own tensors are trained
 * @param step whether x has the rows of one step of generation
 */
record LinearScript(
    ScriptText text, AdapterScript adapters, Predicate<String> trained, boolean step) {

  static LinearScript of(
      ScriptText text, ImmutableList<LayerAdapter> adapters, Predicate<String> trained) {
    return new LinearScript(text, new AdapterScript(text, adapters, false), trained, false);
  }

  /** For generating, where nothing is trained and a step's x often has few rows. */
  static LinearScript generating(
      ScriptText text, ImmutableList<LayerAdapter> adapters, boolean step) {
    return new LinearScript(text, new AdapterScript(text, adapters, step), name -> false, step);
  }

  /** {@code y = linear(x)}. */
  void forward(String y, JoinedLinear linear, String x) {
    String w = text.weight(linear.weight());
    text.set(
        y,
        linear.hasBias()
            ? product(linear, "_bias", x, w, text.weight(linear.bias()))
            : product(linear, "", x, w));
    adapters.forward(y, linear, x);
  }

  /** Computes {@code dx}. */
  void backward(String dx, JoinedLinear linear, String dy, String y) {
    text.set(dx, call(kernel(linear) + "_backward", dy, text.weight(linear.weight())));
    adapters.backward(dx, linear, dy, y);
  }

  /**
   * Adds to the gradients of what is trained. After {@link #backward}, so that x may be computed
   * again together with something that needs dx.
   */
  void gradients(JoinedLinear linear, String dy, String x, String y) {
    for (LinearSpec module : linear.modules()) {
      String part = linear.part(dy, module);
      if (trained.test(module.weight())) {
        text.run(kernel(linear) + "_weight_", text.gradient(module.weight()), part, x);
      }
      if (module.hasBias() && trained.test(module.bias())) {
        text.run("bias_", text.gradient(module.bias()), part);
      }
    }
    adapters.gradients(linear, dy, x, y);
  }

  private String product(JoinedLinear linear, String bias, String... arguments) {
    String kernel = kernel(linear) + bias;
    return step
        ? call("step_" + kernel, arguments)
        : call(kernel, ObjectArrays.concat(arguments, "whole"));
  }

  private static String kernel(JoinedLinear linear) {
    return linear.transposed() ? "conv1d" : "linear";
  }
}
