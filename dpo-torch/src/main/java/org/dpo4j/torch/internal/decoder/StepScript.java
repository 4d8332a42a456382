package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.RotarySpec;

/**
 * Writes what goes around the layers when text is generated: {@code embedded}, {@code next} (norm
 * and head), and {@code step}, which is a whole token in one call, for calls from Java cost as much
 * as a small layer. {@code ws}, {@code ls}, {@code prompts} and {@code own} hold all layers'
 * tensors one after the other.
 */
final class StepScript {

  /** Rows of a narrow head that are widened at a time. */
  static final int WIDENED_ROWS = 512;

  private static final String EMBEDDED =
      "def embedded(self: __torch__.Kernels, ids: Tensor, positions: Tensor, w: List[Tensor]) ->"
          + " Tensor:";

  private static final String NEXT =
      "def next(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> List[Tensor]:";

  private static final String STEP =
      "def step(self: __torch__.Kernels, ids: Tensor, positions: Tensor, tables: List[Tensor], own:"
          + " List[Tensor], prompts: List[Tensor], groups: List[int], t: int, ws: List[Tensor], ls:"
          + " List[Tensor], w: List[Tensor]) -> List[Tensor]:";

  private final ScriptText text = new ScriptText();
  private final DecoderSpec spec;

  /**
   * Writes the methods.
   *
   * @param spec the decoder
   * @param kind the type layers compute in
   * @param layers their scripts
   * @param methods what makes the names of each layer's methods unique
   */
  StepScript(DecoderSpec spec, int kind, List<CachedLayerScript> layers, List<String> methods) {
    this.spec = spec;
    embedded(kind);
    next();
    step(layers, methods);
  }

  private void embedded(int kind) {
    text.begin(EMBEDDED);
    text.set("x", embed("ids", spec.embedding().tokens(), spec.embedding().scale(), kind));
    spec.embedding()
        .positions()
        .ifPresent(
            name -> text.set("x", "torch.add_(x, " + embed("positions", name, 1.0, kind) + ")"));
    text.end("x");
  }

  private String embed(String ids, String matrix, double scale, int kind) {
    return ScriptText.call(
        "embed", ids, text.weight(matrix), ScriptText.number(scale), Integer.toString(kind));
  }

  private void next() {
    text.begin(NEXT);
    new NormScript(text, name -> false).forward("h", spec.finalNorm(), "x", 1);
    String bias =
        spec.head()
            .bias()
            .map(name -> "[" + text.weight(name) + "]")
            .orElse("annotate(List[Tensor], [])");
    String cap = ScriptText.number(spec.head().softCap().orElse(0.0));
    String w = text.weight(spec.head().weight());
    String block = Integer.toString(WIDENED_ROWS);
    text.set("z", ScriptText.call("next_logits", "h", w, bias, cap, block));
    text.end("[z, (self).log_sums(z)]");
  }

  private void step(List<CachedLayerScript> layers, List<String> methods) {
    text.begin(STEP);
    text.set("x", ScriptText.call("embedded", "ids", "positions", "w"));
    text.set("n", "torch.mul(torch.len(groups), 2)");
    ImmutableList<RotarySpec> rotaries = rotaries(spec);
    int w = 0;
    int l = 0;
    for (int i = 0; i < layers.size(); i++) {
      int weights = layers.get(i).weights().size();
      int branches = layers.get(i).branches().size();
      Optional<RotarySpec> rotary = spec.layers().get(i).attention().rotary();
      int table = rotary.map(rotaries::indexOf).orElse(0);
      text.set(
          "x",
          ScriptText.call(
              "step_" + methods.get(i),
              "x",
              slice("tables", 3 * table, rotary.isPresent() ? 3 : 0),
              slice("own", 2 * i, 2),
              String.format(Locale.ROOT, "torch.slice(prompts, n * %d, n * %d, 1)", i, i + 1),
              "groups",
              "t",
              slice("ws", w, weights),
              slice("ls", l, branches)));
      w += weights;
      l += branches;
    }
    text.end(ScriptText.call("next", "x", "w"));
  }

  private static String slice(String list, int start, int length) {
    return String.format(Locale.ROOT, "torch.slice(%s, %d, %d, 1)", list, start, start + length);
  }

  /** The different rotations of a decoder; three tables each, in this order. */
  static ImmutableList<RotarySpec> rotaries(DecoderSpec spec) {
    List<RotarySpec> rotaries = new ArrayList<>();
    spec.layers().forEach(layer -> layer.attention().rotary().ifPresent(rotaries::add));
    return rotaries.stream().distinct().collect(ImmutableList.toImmutableList());
  }

  String text() {
    return text.text();
  }

  /** Names of the tensors in {@code w}. */
  ImmutableList<String> weights() {
    return text.weights();
  }
}
