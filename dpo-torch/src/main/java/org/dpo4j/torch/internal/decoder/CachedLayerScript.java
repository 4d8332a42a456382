package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import org.dpo4j.torch.internal.architecture.LayerSpec;

/**
 * Writes one layer for generation, as TorchScript: {@code prefill} computes prompts and returns x
 * and what their continuations need of keys and values, {@code step} one more token of each
 * continuation. Names are those of {@link LayerScript}.
 */
final class CachedLayerScript {

  private static final String PREFILL =
      "def prefill_%1$s(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts:"
          + " List[int], masks: Tensor, w: List[Tensor], l: List[Tensor]) -> List[Tensor]:";

  private static final String STEP =
      "def step_%1$s(self: __torch__.Kernels, x: Tensor, rotary: List[Tensor], own: List[Tensor],"
          + " prompts: List[Tensor], groups: List[int], t: int, w: List[Tensor], l: List[Tensor])"
          + " -> Tensor:";

  private final LayerSpec spec;
  private final boolean flash;
  private final NormScript norms;
  private final ScriptText text = new ScriptText();

  /**
   * Writes a layer.
   *
   * @param spec its description
   * @param adapters the adapters on it, in the order they were stacked
   * @param last whether it is the last, of which prompts only need the last row
   * @param onCpu whether libtorch's fused attention for CPUs can be used
   */
  CachedLayerScript(
      LayerSpec spec, ImmutableList<LayerAdapter> adapters, boolean last, boolean onCpu) {
    this.spec = spec;
    this.flash = onCpu && spec.attention().softCap().isEmpty();
    this.norms = new NormScript(text, name -> false);
    text.begin(PREFILL);
    LinearScript prompts = LinearScript.generating(text, adapters, false);
    String x =
        forward(prompts, last).write(() -> attention(prompts, last).prefill(promptPositions(spec)));
    text.end("torch.add([" + x + "], cache)");
    text.begin(STEP);
    LinearScript steps = LinearScript.generating(text, adapters, true);
    text.end(forward(steps, false).write(attention(steps, false)::step));
  }

  private LayerForward forward(LinearScript linears, boolean last) {
    return new LayerForward(text, spec, norms, new MlpScript(text, linears, spec.mlp()), last);
  }

  private AttentionScript attention(LinearScript linears, boolean last) {
    return new AttentionScript(text, linears, norms, spec.attention(), flash, last);
  }

  /** The most positions of a prompt that a continuation's first token sees. */
  static int promptPositions(LayerSpec spec) {
    return spec.attention().window().orElse(Integer.MAX_VALUE) - 1;
  }

  boolean needsMasks() {
    return !flash;
  }

  /** The two methods, {@code %1$s} standing for what makes their names unique. */
  String text() {
    return text.text();
  }

  ImmutableList<String> weights() {
    return text.weights();
  }

  ImmutableList<String> branches() {
    return text.branches();
  }
}
