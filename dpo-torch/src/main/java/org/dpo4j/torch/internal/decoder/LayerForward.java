package org.dpo4j.torch.internal.decoder;

import java.util.Optional;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;
import org.dpo4j.torch.internal.architecture.NormSpec;

/**
 * Writes how a layer gets from x to its output, around an attention that makes {@code a} of {@code
 * n1}. The names are those of {@link LayerScript}.
 *
 * @param text to write to
 * @param spec the layer
 * @param norms its norms
 * @param mlp its MLP
 * @param last whether only the rows that predict are wanted
 */
record LayerForward(
    ScriptText text, LayerSpec spec, NormScript norms, MlpScript mlp, boolean last) {

  /** Returns the expression of the output. */
  String write(Runnable attention) {
    norms.forward("n1", spec.attentionNorm(), "x", 1);
    attention.run();
    normAfter("a", spec.afterAttention());
    return spec.residual() == Residual.SEQUENTIAL ? sequential() : parallel();
  }

  private String sequential() {
    NormSpec mlpNorm = spec.mlpNorm().orElseThrow();
    text.set("x2", "torch.add_(a, " + predicting("x") + ")");
    text.keep("x2", mlpNorm.width());
    norms.forward("n2", mlpNorm, "x2", 1);
    mlp.forward();
    normAfter("z", spec.afterMlp());
    return "torch.add_(z, x2)";
  }

  private String parallel() {
    text.set("xp", predicting("x"));
    if (spec.mlpNorm().isPresent()) {
      norms.forward("n2", spec.mlpNorm().get(), "xp", 1);
    } else {
      text.set("n2", predicting("n1"));
    }
    mlp.forward();
    normAfter("z", spec.afterMlp());
    return "torch.add_(torch.add_(z, a), xp)";
  }

  private String predicting(String value) {
    return last ? ScriptText.predicting(value) : value;
  }

  private void normAfter(String value, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      text.set(value + "raw", value);
      text.keep(value + "raw", norm.get().width());
      norms.forward(value, norm.get(), value + "raw", 1);
    }
  }
}
