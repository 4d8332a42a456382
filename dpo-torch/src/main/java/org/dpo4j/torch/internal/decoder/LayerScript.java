package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dpo4j.torch.internal.architecture.AttentionSpec;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.MlpSpec;
import org.dpo4j.torch.internal.architecture.MlpSpec.Activation;
import org.dpo4j.torch.internal.architecture.NormSpec;
import org.dpo4j.torch.internal.architecture.RotarySpec;

/**
 * Writes one layer, forward and backward, as TorchScript that calls the kernels. Read what it
 * writes, {@link #text}, rather than how: layers of the same form get the same text.
 *
 * <p>A forward method takes {@code x} [T, D], the rotary tables, the parts of the packed batch and
 * returns the new x and, if told to keep them, the activations that backward reads: {@code qkv},
 * {@code o}, {@code sums}, {@code x2} (after attention) and {@code y} (before the activation).
 * Cheap ones, such as norms, are computed again.
 */
final class LayerScript {

  private final LayerSpec spec;
  private final AttentionSpec attention;
  private final ImmutableList<LayerAdapter> adapters;
  private final Predicate<String> trained;
  private final boolean flash;

  private final List<String> weights = new ArrayList<>();
  private final List<String> branches = new ArrayList<>();
  private final List<String> gradients = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private int unused;

  /**
   * Writes a layer.
   *
   * @param spec its description
   * @param adapters the adapters on it, in the order they were stacked
   * @param trained which of its own tensors are trained
   * @param flash whether libtorch's fused attention for CPUs is to be used where it can be
   */
  LayerScript(
      LayerSpec spec,
      ImmutableList<LayerAdapter> adapters,
      Predicate<String> trained,
      boolean flash) {
    this.spec = spec;
    this.attention = spec.attention();
    this.adapters = adapters;
    this.trained = trained;
    this.flash = flash && attention.softCap().isEmpty();
    writeForward();
    writeBackward();
  }

  /** Whether a description needs plain attention, whose parts all have masks. */
  boolean needsMasks() {
    return !flash;
  }

  /** The two methods, {@code %1$s} standing for what makes their names unique. */
  String text() {
    return text.toString();
  }

  /** Names of the tensors in {@code w}. */
  ImmutableList<String> weights() {
    return ImmutableList.copyOf(weights);
  }

  /** Names of the tensors in {@code l}: {@code index of adapter:module:A or B}. */
  ImmutableList<String> branches() {
    return ImmutableList.copyOf(branches);
  }

  /** Names of the tensors in {@code g}: those of trained weights, or of branches. */
  ImmutableList<String> gradients() {
    return ImmutableList.copyOf(gradients);
  }

  // ---- forward ----

  private void writeForward() {
    line(
        2,
        "def forward_%1$s(self: __torch__.Kernels, x: Tensor, rotary: List[Tensor], parts:"
            + " List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], keep: bool) ->"
            + " List[Tensor]:");
    set("n1", norm(spec.attentionNorm(), "x"));
    forward("qkv", JoinedLinear.projection(attention), "n1");
    keep("qkv");
    attentionInputs("");
    rotate("q", "k", "1");
    set("heads", attentionCall());
    set("o", "heads[0]");
    set("sums", "heads[1]");
    keep("o");
    keep("sums");
    forward("a", JoinedLinear.of(attention.output()), "o");
    normAfter("a", spec.afterAttention());
    if (spec.residual() == Residual.SEQUENTIAL) {
      set("x2", "torch.add_(a, x)");
      keep("x2");
      set("n2", norm(spec.mlpNorm().orElseThrow(), "x2"));
    } else {
      set("n2", spec.mlpNorm().isPresent() ? norm(spec.mlpNorm().get(), "x") : "n1");
    }
    forward("y", JoinedLinear.input(spec.mlp()), "n2");
    swapGateFirst("y");
    keep("y");
    set("m", activation());
    forward("z", JoinedLinear.output(spec.mlp()), "m");
    normAfter("z", spec.afterMlp());
    set(
        "out",
        spec.residual() == Residual.SEQUENTIAL
            ? "torch.add_(z, x2)"
            : "torch.add_(torch.add_(z, a), x)");
    line(4, "if keep:");
    set(6, "result", "[out, " + String.join(", ", kept) + "]");
    line(4, "else:");
    set(6, "result", "[out]");
    line(4, "return result");
  }

  private void forward(String y, JoinedLinear linear, String x) {
    String kernel = linear.transposed() ? "conv1d" : "linear";
    set(
        y,
        linear.hasBias()
            ? call(kernel + "_bias", x, weight(linear.weight()), weight(linear.bias()))
            : call(kernel, x, weight(linear.weight())));
    for (int i = 0; i < adapters.size(); i++) {
      List<LinearSpec> adapted = adapted(linear, i);
      if (adapted.isEmpty()) {
        continue;
      }
      String t = y + "t" + i;
      set(t, call("lora_down", dropped(i, y, x), joinedA(i, adapted)));
      for (LinearSpec module : adapted) {
        run(
            "lora_up_",
            columns(y, linear, module),
            ranks(t, i, adapted, module),
            branch(i, module, "B"),
            number(scale(i, module)));
      }
    }
  }

  /** The input of a trained adapter while training: {@code x} with some elements dropped. */
  private String dropped(int adapter, String y, String x) {
    double dropout = adapters.get(adapter).dropout();
    if (dropout == 0 || !adapters.get(adapter).trained()) {
      return x;
    }
    String mask = y + "mask" + adapter;
    set(mask, call("dropout_mask", x, number(dropout), "keep"));
    keep(mask);
    return "torch.mul(" + x + ", " + mask + ")";
  }

  private void normAfter(String value, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      set(value + "raw", value);
      keep(value + "raw");
      set(value, norm(norm.get(), value + "raw"));
    }
  }

  // ---- backward ----

  private void writeBackward() {
    line(
        2,
        "def backward_%1$s(self: __torch__.Kernels, dout: Tensor, x: Tensor, kept: List[Tensor],"
            + " rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l:"
            + " List[Tensor], g: List[Tensor]) -> Tensor:");
    for (int i = 0; i < kept.size(); i++) {
      set(kept.get(i), "kept[" + i + "]");
    }
    boolean sequential = spec.residual() == Residual.SEQUENTIAL;
    String into = sequential ? "x2" : "x";
    set("n1", norm(spec.attentionNorm(), "x"));
    set("n2", spec.mlpNorm().isPresent() ? norm(spec.mlpNorm().get(), into) : "n1");
    set("m", activation());
    backwardNormAfter("z", spec.afterMlp(), "dout");
    backward("dm", JoinedLinear.output(spec.mlp()), "dz", "m", "z");
    set("dy", activationBackward());
    swapGateFirst("dy");
    backward("dn2", JoinedLinear.input(spec.mlp()), "dy", "n2", "y");
    if (sequential) {
      backwardNorm("dx2", spec.mlpNorm().orElseThrow(), "dn2", "x2");
      set("dx2", "torch.add_(dx2, dout)");
    } else {
      set("dx2", "dout");
    }
    backwardNormAfter("a", spec.afterAttention(), "dx2");
    backward("do", JoinedLinear.of(attention.output()), "da", "o", "a");
    backwardAttention();
    backward("dn1", JoinedLinear.projection(attention), "dqkv", "n1", "qkv");
    if (!sequential && spec.mlpNorm().isEmpty()) {
      set("dn1", "torch.add_(dn1, dn2)");
    }
    backwardNorm("dx", spec.attentionNorm(), "dn1", "x");
    set("dx", "torch.add_(dx, dx2)");
    if (!sequential && spec.mlpNorm().isPresent()) {
      backwardNorm("dxm", spec.mlpNorm().get(), "dn2", "x");
      set("dx", "torch.add_(dx, dxm)");
    }
    line(4, "return dx");
  }

  private void backward(String dx, JoinedLinear linear, String dy, String x, String y) {
    String kernel = linear.transposed() ? "conv1d" : "linear";
    set(dx, call(kernel + "_backward", dy, weight(linear.weight())));
    for (LinearSpec module : linear.modules()) {
      if (trained.test(module.weight())) {
        run(kernel + "_weight_", gradient(module.weight()), columns(dy, linear, module), x);
      }
      if (module.hasBias() && trained.test(module.bias())) {
        run("bias_", gradient(module.bias()), columns(dy, linear, module));
      }
    }
    for (int i = 0; i < adapters.size(); i++) {
      backwardAdapter(i, dx, linear, dy, x, y);
    }
  }

  private void backwardAdapter(
      int adapter, String dx, JoinedLinear linear, String dy, String x, String y) {
    List<LinearSpec> adapted = adapted(linear, adapter);
    if (adapted.isEmpty()) {
      return;
    }
    boolean drops = adapters.get(adapter).trained() && adapters.get(adapter).dropout() > 0;
    String mask = y + "mask" + adapter;
    String input = drops ? "torch.mul(" + x + ", " + mask + ")" : x;
    String u = dx + "u" + adapter;
    set(
        u,
        joined(
            adapted.stream()
                .map(
                    module ->
                        call(
                            "lora_up_backward",
                            columns(dy, linear, module),
                            branch(adapter, module, "B"),
                            number(scale(adapter, module))))
                .toList(),
            1));
    if (adapters.get(adapter).trained()) {
      String t = dx + "t" + adapter;
      String in = dx + "i" + adapter;
      set(in, input);
      set(t, call("lora_down", in, joinedA(adapter, adapted)));
      for (LinearSpec module : adapted) {
        run("lora_a_", gradient(key(adapter, module, "A")), ranks(u, adapter, adapted, module), in);
        run(
            "lora_b_",
            gradient(key(adapter, module, "B")),
            columns(dy, linear, module),
            ranks(t, adapter, adapted, module),
            number(scale(adapter, module)));
      }
    }
    if (drops) {
      set(dx, call("lora_dropped_backward_", dx, u, joinedA(adapter, adapted), mask));
    } else {
      run("lora_down_backward_", dx, u, joinedA(adapter, adapted));
    }
  }

  private void backwardNorm(String dx, NormSpec norm, String dy, String x) {
    set(
        dx,
        norm.kind() == NormSpec.Kind.LAYER
            ? call(
                "layer_norm_backward",
                dy,
                x,
                weight(norm.weight()),
                weight(norm.bias().orElseThrow()),
                number(norm.epsilon()))
            : call(
                kernel(norm) + "_backward", dy, x, weight(norm.weight()), number(norm.epsilon())));
    if (!trained.test(norm.weight())) {
      return;
    }
    if (norm.kind() == NormSpec.Kind.LAYER) {
      run(
          "layer_norm_weight_",
          gradient(norm.weight()),
          gradient(norm.bias().orElseThrow()),
          dy,
          x,
          weight(norm.weight()),
          weight(norm.bias().orElseThrow()),
          number(norm.epsilon()));
    } else {
      run("rms_norm_weight_", gradient(norm.weight()), dy, x, number(norm.epsilon()));
    }
  }

  private void backwardNormAfter(String value, Optional<NormSpec> norm, String dy) {
    if (norm.isPresent()) {
      backwardNorm("d" + value, norm.get(), dy, value + "raw");
    } else {
      set("d" + value, dy);
    }
  }

  private void backwardAttention() {
    attentionInputs("");
    if (normsHeads()) {
      rotate("q", "k", "1");
    }
    set("dqkv", "torch.empty_like(qkv)");
    attentionViews("d", "dqkv");
    String outputs = "dq, dk, dv, do, q, k, v, ";
    run(
        flash ? "attention_backward_" : "plain_attention_backward_",
        outputs + (flash ? "o, sums, " : "") + "parts, masks, " + attentionConstants());
    rotate("dq", "dk", "2");
    backwardHeadNorm("q", attention.queryNorm());
    backwardHeadNorm("k", attention.keyNorm());
  }

  private void backwardHeadNorm(String part, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      backwardNorm("d" + part + "raw", norm.get(), "d" + part, part + "raw");
      run0("torch.copy_(d" + part + ", d" + part + "raw)");
    }
  }

  // ---- attention ----

  private boolean normsHeads() {
    return attention.queryNorm().isPresent() || attention.keyNorm().isPresent();
  }

  /** q [T, K, G, d], k and v [T, K, d] from qkv, normed but not turned. */
  private void attentionInputs(String prefix) {
    attentionViews(prefix, prefix + "qkv");
    normHeads("q", attention.queryNorm());
    normHeads("k", attention.keyNorm());
  }

  private void normHeads(String part, Optional<NormSpec> norm) {
    if (norm.isPresent()) {
      set(part + "raw", part);
      set(part, norm(norm.get(), part + "raw"));
    }
  }

  private void attentionViews(String prefix, String qkv) {
    int heads = attention.heads();
    int keys = attention.keyValueHeads();
    int d = attention.headWidth();
    boolean byHead =
        attention.projection() instanceof Projection.Joined joined
            && joined.order() == AttentionSpec.Order.BY_HEAD;
    if (byHead) {
      set(prefix + "all", format("torch.view(%s, [-1, %d, 3, %d])", qkv, heads, d));
      set(prefix + "q", format("torch.unsqueeze(torch.select(%sall, 2, 0), 2)", prefix));
      set(prefix + "k", format("torch.select(%sall, 2, 1)", prefix));
      set(prefix + "v", format("torch.select(%sall, 2, 2)", prefix));
      return;
    }
    set(prefix + "all", format("torch.view(%s, [-1, %d, %d])", qkv, heads + 2 * keys, d));
    set(
        prefix + "q",
        format(
            "torch.view(torch.narrow(%sall, 1, 0, %d), [-1, %d, %d, %d])",
            prefix, heads, keys, heads / keys, d));
    set(prefix + "k", format("torch.narrow(%sall, 1, %d, %d)", prefix, heads, keys));
    set(prefix + "v", format("torch.narrow(%sall, 1, %d, %d)", prefix, heads + keys, keys));
  }

  /** Turns in place, by the angle (sine 1) or back (sine 2). */
  private void rotate(String q, String k, String sine) {
    if (attention.rotary().isEmpty()) {
      return;
    }
    String kernel =
        attention.rotary().get().pairing() == RotarySpec.Pairing.HALVES
            ? "rotate_halves_"
            : "rotate_neighbours_";
    run(kernel, "torch.flatten(" + q + ", 1, 2)", "rotary[0]", "rotary[" + sine + "]");
    run(kernel, k, "rotary[0]", "rotary[" + sine + "]");
  }

  private String attentionCall() {
    return call(
        flash ? "attention" : "plain_attention", "q, k, v, parts, masks, " + attentionConstants());
  }

  private String attentionConstants() {
    String scale = number(attention.scale());
    return flash ? scale : scale + ", " + number(attention.softCap().orElse(0.0));
  }

  // ---- MLP ----

  private void swapGateFirst(String value) {
    if (spec.mlp() instanceof MlpSpec.JoinedGated) {
      set(value, call("swap", value));
    }
  }

  private Activation function() {
    MlpSpec mlp = spec.mlp();
    if (mlp instanceof MlpSpec.Gated gated) {
      return gated.activation();
    }
    return mlp instanceof MlpSpec.JoinedGated joined
        ? joined.activation()
        : ((MlpSpec.Plain) mlp).activation();
  }

  private String activation() {
    boolean silu = function() == Activation.SILU;
    if (spec.mlp() instanceof MlpSpec.Plain) {
      return silu ? "torch.silu(y)" : "torch.gelu(y, approximate=" + approximation() + ")";
    }
    return silu ? call("silu_gate", "y") : call("gelu_gate", "y", approximation());
  }

  private String activationBackward() {
    boolean silu = function() == Activation.SILU;
    if (spec.mlp() instanceof MlpSpec.Plain) {
      return silu
          ? "torch.silu_backward(dm, y)"
          : "torch.gelu_backward(dm, y, approximate=" + approximation() + ")";
    }
    return silu
        ? call("silu_gate_backward", "dm", "y")
        : call("gelu_gate_backward", "dm", "y", approximation());
  }

  private String approximation() {
    return function() == Activation.GELU_TANH ? "\"tanh\"" : "\"none\"";
  }

  // ---- norms ----

  private String norm(NormSpec norm, String x) {
    return norm.kind() == NormSpec.Kind.LAYER
        ? call(
            "layer_norm",
            x,
            weight(norm.weight()),
            weight(norm.bias().orElseThrow()),
            number(norm.epsilon()))
        : call(kernel(norm), x, weight(norm.weight()), number(norm.epsilon()));
  }

  private static String kernel(NormSpec norm) {
    return norm.kind() == NormSpec.Kind.RMS ? "rms_norm" : "rms_norm_plus_one";
  }

  // ---- adapters ----

  private List<LinearSpec> adapted(JoinedLinear linear, int adapter) {
    return linear.modules().stream()
        .filter(module -> adapters.get(adapter).modules().containsKey(module.module()))
        .toList();
  }

  private String joinedA(int adapter, List<LinearSpec> adapted) {
    return joined(adapted.stream().map(module -> branch(adapter, module, "A")).toList(), 0);
  }

  private static String joined(List<String> tensors, int dimension) {
    return tensors.size() == 1
        ? tensors.get(0)
        : format("torch.cat([%s], %d)", String.join(", ", tensors), dimension);
  }

  private String columns(String y, JoinedLinear linear, LinearSpec module) {
    if (linear.modules().size() == 1) {
      return y;
    }
    int start =
        linear.modules().stream()
            .limit(linear.modules().indexOf(module))
            .mapToInt(LinearSpec::out)
            .sum();
    return format("torch.narrow(%s, 1, %d, %d)", y, start, module.out());
  }

  private String ranks(String t, int adapter, List<LinearSpec> adapted, LinearSpec module) {
    if (adapted.size() == 1) {
      return t;
    }
    int start =
        IntStream.range(0, adapted.indexOf(module)).map(i -> rank(adapter, adapted.get(i))).sum();
    return format("torch.narrow(%s, 1, %d, %d)", t, start, rank(adapter, module));
  }

  private int rank(int adapter, LinearSpec module) {
    return form(adapter, module).rank();
  }

  private double scale(int adapter, LinearSpec module) {
    return form(adapter, module).scale();
  }

  private LayerAdapter.Branch form(int adapter, LinearSpec module) {
    return Objects.requireNonNull(adapters.get(adapter).modules().get(module.module()));
  }

  static String key(int adapter, LinearSpec module, String matrix) {
    return adapter + ":" + module.module() + ":" + matrix;
  }

  // ---- writing ----

  private String weight(String name) {
    return "w[" + index(weights, name) + "]";
  }

  private String branch(int adapter, LinearSpec module, String matrix) {
    return "l[" + index(branches, key(adapter, module, matrix)) + "]";
  }

  private String gradient(String name) {
    return "g[" + index(gradients, name) + "]";
  }

  private static int index(List<String> names, String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      names.add(name);
      return names.size() - 1;
    }
    return index;
  }

  private void keep(String name) {
    kept.add(name);
  }

  private static String call(String kernel, String... arguments) {
    return "(self)." + kernel + "(" + String.join(", ", arguments) + ")";
  }

  private void run(String kernel, String... arguments) {
    run0(call(kernel, arguments));
  }

  private void run0(String expression) {
    set("_" + unused++, expression);
  }

  private void set(String name, String expression) {
    set(4, name, expression);
  }

  private void set(int indent, String name, String expression) {
    line(indent, name + " = " + expression);
  }

  private void line(int indent, String line) {
    text.append(" ".repeat(indent)).append(line).append('\n');
  }

  private static String number(double value) {
    return Double.toString(value);
  }

  @FormatMethod
  private static String format(String format, Object... arguments) {
    return String.format(format, arguments);
  }

  @Override
  public String toString() {
    return IntStream.range(0, weights.size())
        .mapToObj(i -> "# w[" + i + "] " + weights.get(i))
        .collect(Collectors.joining("\n", "", "\n" + text));
  }
}
