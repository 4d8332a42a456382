package org.dpo4j.torch.internal.decoder;

import static org.dpo4j.torch.internal.decoder.ScriptText.addedToPredicting;
import static org.dpo4j.torch.internal.decoder.ScriptText.call;
import static org.dpo4j.torch.internal.decoder.ScriptText.number;
import static org.dpo4j.torch.internal.decoder.ScriptText.predicting;

import com.google.common.collect.ImmutableList;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.torch.internal.architecture.AttentionSpec;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.NormSpec;
import org.dpo4j.torch.internal.architecture.RotarySpec;

/**
 * Writes attention: {@code n1} to {@code qkv}, of which q {@code [T, K, G, d]}, k and v {@code [T,
 * K, d]} are views, to {@code o}, to {@code a}. Kept are qkv, turned in place if q and k are not
 * normed, o, and the log-sum-exp of each query's scores.
 *
 * @param text to write to
 * @param linears its linear modules
 * @param norms of queries and keys
 * @param spec the attention
 * @param flash whether libtorch's fused attention for CPUs is used
 * @param last whether only the rows that predict are wanted of {@code a}
 */
record AttentionScript(
    ScriptText text,
    LinearScript linears,
    NormScript norms,
    AttentionSpec spec,
    boolean flash,
    boolean last) {

  void forward() {
    project();
    attend();
    linears.forward("a", JoinedLinear.of(spec.output()), outputReads());
  }

  /**
   * The same for prompts; {@code cache} is what their continuations need of k and v.
   *
   * @param most positions they need
   */
  void prefill(int most) {
    project();
    attend();
    text.set("cache", call("prompt_cache", "k, v, parts", Integer.toString(most)));
    linears.forward("a", JoinedLinear.of(spec.output()), outputReads());
  }

  /** The same for one more token of each continuation, whose k and v it adds to the cache. */
  void step() {
    project();
    text.set(
        "o",
        call(
            "cached_attention",
            "q, k, v, own, prompts, groups, t",
            Integer.toString(spec.window().orElse(Integer.MAX_VALUE)),
            number(spec.scale()),
            number(spec.softCap().orElse(0.0))));
    linears.forward("a", JoinedLinear.of(spec.output()), "o");
  }

  private void project() {
    JoinedLinear in = JoinedLinear.projection(spec);
    linears.forward("qkv", in, "n1");
    text.keep("qkv", in.out());
    views("", "qkv");
    if (normsHeads()) {
      norm("q", spec.queryNorm(), spec.heads());
      norm("k", spec.keyNorm(), spec.keyValueHeads());
    }
    turn("", "1");
  }

  private void attend() {
    text.set("heads", call(flash ? "attention" : "plain_attention", "q, k, v", constants()));
    text.set("o", "heads[0]");
    text.keep("o", spec.output().in());
    if (flash) {
      text.set("sums", "heads[1]");
      text.keep("sums", spec.heads());
    }
  }

  /** From {@code da} to {@code dn1}. */
  void backward() {
    JoinedLinear in = JoinedLinear.projection(spec);
    JoinedLinear out = JoinedLinear.of(spec.output());
    linears.backward("do", out, "da", "a");
    linears.gradients(out, "da", outputReads(), "a");
    if (last) {
      text.set("do", addedToPredicting("torch.zeros_like(o)", "do"));
    }
    views("", "qkv");
    if (normsHeads()) {
      normAgain("q", spec.queryNorm());
      normAgain("k", spec.keyNorm());
      turn("", "1");
    }
    text.set("dqkv", "torch.empty_like(qkv)");
    views("d", "dqkv");
    if (flash) {
      text.run("attention_backward_", "dq, dk, dv, do, q, k, v, o, sums", constants());
    } else {
      text.run("plain_attention_backward_", "dq, dk, dv, do, q, k, v", constants());
    }
    turn("d", "2");
    normBackward("q", spec.queryNorm());
    normBackward("k", spec.keyNorm());
    linears.backward("dn1", in, "dqkv", "qkv");
    linears.gradients(in, "dqkv", "n1", "qkv");
  }

  private String outputReads() {
    return last ? predicting("o") : "o";
  }

  private String constants() {
    String constants = "parts, masks, " + number(spec.scale());
    return flash ? constants : constants + ", " + number(spec.softCap().orElse(0.0));
  }

  // ---- q, k and v in qkv ----

  private void views(String prefix, String qkv) {
    int heads = spec.heads();
    int keys = spec.keyValueHeads();
    int d = spec.headWidth();
    String all = prefix + "all";
    if (byHead()) {
      text.set(all, String.format(Locale.ROOT, "torch.view(%s, [-1, %d, 3, %d])", qkv, heads, d));
      text.set(
          prefix + "q",
          String.format(Locale.ROOT, "torch.unsqueeze(torch.select(%s, 2, 0), 2)", all));
      text.set(prefix + "k", String.format(Locale.ROOT, "torch.select(%s, 2, 1)", all));
      text.set(prefix + "v", String.format(Locale.ROOT, "torch.select(%s, 2, 2)", all));
      return;
    }
    text.set(
        all, String.format(Locale.ROOT, "torch.view(%s, [-1, %d, %d])", qkv, heads + 2 * keys, d));
    text.set(
        prefix + "q",
        String.format(
            Locale.ROOT,
            "torch.view(torch.narrow(%s, 1, 0, %d), [-1, %d, %d, %d])",
            all,
            heads,
            keys,
            heads / keys,
            d));
    text.set(prefix + "k", ScriptText.columns(all, heads, keys));
    text.set(prefix + "v", ScriptText.columns(all, heads + keys, keys));
  }

  private boolean byHead() {
    return spec.projection() instanceof Projection.Joined joined
        && joined.order() == AttentionSpec.Order.BY_HEAD;
  }

  // ---- norms of heads ----

  private boolean normsHeads() {
    return spec.queryNorm().isPresent() || spec.keyNorm().isPresent();
  }

  private void norm(String part, Optional<NormSpec> norm, int heads) {
    if (norm.isPresent()) {
      text.set(part + "raw", part);
      norms.forward(part, norm.get(), part + "raw", heads);
    }
  }

  private void normAgain(String part, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      text.set(part + "raw", part);
      norms.again(part, norm.get(), part + "raw");
    }
  }

  private void normBackward(String part, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      String raw = "d" + part + "raw";
      text.set(raw, "torch.zeros_like(" + part + "raw)");
      norms.backward(raw, norm.get(), "d" + part, part + "raw", part);
      text.set("d" + part, "torch.copy_(d" + part + ", " + raw + ")");
    }
  }

  // ---- rotary positions ----

  /** Turns q and k in place, by the angle (sine 1) or back (sine 2). */
  private void turn(String prefix, String sine) {
    if (spec.rotary().isEmpty()) {
      return;
    }
    String kernel =
        spec.rotary().get().pairing() == RotarySpec.Pairing.HALVES
            ? "rotate_halves_"
            : "rotate_neighbours_";
    for (String turned : turned(prefix)) {
      text.run(kernel, turned, "rotary[0]", "rotary[" + sine + "]");
    }
  }

  /** What is turned, {@code [T, heads, d]}: q and k at once where they lie side by side. */
  private ImmutableList<String> turned(String prefix) {
    boolean gradients = !prefix.isEmpty();
    if (!byHead() && (gradients || !normsHeads())) {
      return ImmutableList.of(
          ScriptText.columns(prefix + "all", 0, spec.heads() + spec.keyValueHeads()));
    }
    return ImmutableList.of("torch.flatten(" + prefix + "q, 1, 2)", prefix + "k");
  }
}
