package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;
import org.dpo4j.torch.internal.architecture.NormSpec;

/**
 * Writes one layer, forward and backward, as TorchScript that calls the kernels. Read what it
 * writes, {@link #text}, rather than how: layers of the same form get the same text.
 *
 * <p>{@code forward(x [T, D], what may be computed at once, rotary tables, parts and masks of the
 * packed batch, w, l, drop, keep)} returns the new x and, if told to keep them, the activations
 * that backward reads. {@code backward(dout, x, kept, …)} returns dx and adds to the gradients g;
 * it overwrites dout. Names are {@code n1} for the normed x, {@code a} for what attention adds,
 * {@code x2} for x after it, {@code n2} for that normed, {@code z} for what the MLP adds. Cheap
 * ones, such as norms, are computed again.
 *
 * <p>In the last layer all after attention is computed only for the rows that predict a target: x
 * has one row a target from there.
 */
final class LayerScript {

  private final LayerSpec spec;
  private final boolean last;
  private final ScriptText text = new ScriptText();
  private final NormScript norms;
  private final AttentionScript attention;
  private final MlpScript mlp;

  /**
   * Writes a layer.
   *
   * @param spec its description
   * @param adapters the adapters on it, in the order they were stacked
   * @param trained which of its own tensors are trained
   * @param last whether it is the last
   * @param flash whether libtorch's fused attention for CPUs is to be used where it can be
   */
  LayerScript(
      LayerSpec spec,
      ImmutableList<LayerAdapter> adapters,
      Predicate<String> trained,
      boolean last,
      boolean flash) {
    this.spec = spec;
    this.last = last;
    LinearScript linears = LinearScript.of(text, adapters, trained);
    this.norms = new NormScript(text, trained);
    this.attention =
        new AttentionScript(
            text,
            linears,
            norms,
            spec.attention(),
            flash && spec.attention().softCap().isEmpty(),
            last);
    this.mlp = new MlpScript(text, linears, spec.mlp());
    text.beginForward();
    text.endForward(new LayerForward(text, spec, norms, mlp, last).write(attention::forward));
    if (spec.residual() == Residual.SEQUENTIAL) {
      sequentialBackward();
    } else {
      parallelBackward();
    }
  }

  /** Whether all parts of a batch need masks. */
  boolean needsMasks() {
    return !attention.flash();
  }

  /** The two methods, {@code %1$s} standing for what makes their names unique. */
  String text() {
    return text.text();
  }

  /** Names of the tensors in {@code w}. */
  ImmutableList<String> weights() {
    return text.weights();
  }

  /** Keys of the adapters' tensors in {@code l}: {@code index of adapter:modules:A or B}. */
  ImmutableList<String> branches() {
    return text.branches();
  }

  /** What the gradients in {@code g} are of: names of weights, or keys of adapters' tensors. */
  ImmutableList<String> gradients() {
    return text.gradients();
  }

  /** Numbers a token that forward keeps, x among them. */
  int keptWidth() {
    return text.keptWidth() + spec.attentionNorm().width();
  }

  /** {@code dout} becomes {@code dx2} and then {@code dx}, as the residual's gradient passes by. */
  private void sequentialBackward() {
    NormSpec mlpNorm = spec.mlpNorm().orElseThrow();
    text.beginBackward();
    norms.again("n2", mlpNorm, "x2");
    normAfterBackward("z", spec.afterMlp());
    mlp.backward();
    norms.backward("dout", mlpNorm, "dn2", "x2", "n2");
    norms.again("n1", spec.attentionNorm(), "x");
    normAfterBackward("a", spec.afterAttention());
    attention.backward();
    endBackward();
  }

  private void parallelBackward() {
    text.beginBackward();
    norms.again("n1", spec.attentionNorm(), "x");
    text.set("xp", predicting("x"));
    if (spec.mlpNorm().isPresent()) {
      norms.again("n2", spec.mlpNorm().get(), "xp");
    } else {
      text.set("n2", predicting("n1"));
    }
    normAfterBackward("z", spec.afterMlp());
    mlp.backward();
    normAfterBackward("a", spec.afterAttention());
    attention.backward();
    if (spec.mlpNorm().isPresent()) {
      norms.backward("dout", spec.mlpNorm().get(), "dn2", "xp", "n2");
    } else if (last) {
      text.set("dn1", ScriptText.addedToPredicting("dn1", "dn2"));
    } else {
      text.set("dn1", "torch.add_(dn1, dn2)");
    }
    endBackward();
  }

  private String predicting(String value) {
    return last ? ScriptText.predicting(value) : value;
  }

  private void endBackward() {
    if (last) {
      text.set("dout", ScriptText.addedToPredicting("torch.zeros_like(x)", "dout"));
    }
    norms.backward("dout", spec.attentionNorm(), "dn1", "x", "n1");
    text.end("dout");
  }

  /** {@code da} or {@code dz} from {@code dout}, which stays as it is. */
  private void normAfterBackward(String value, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      text.set("d" + value, "torch.zeros_like(dout)");
      norms.backward("d" + value, norm.get(), "dout", value + "raw", value);
    } else {
      text.set("d" + value, "dout");
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
