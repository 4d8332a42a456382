package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A layer's text while it is written: lines that call kernels, and which tensors its lists {@code
 * w}, {@code l}, {@code g} and {@code kept} hold. A tensor gets its place there when it is first
 * named.
 */
final class ScriptText {

  private static final String FORWARD =
      "def forward_%1$s(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts:"
          + " List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], drop: bool, keep: bool) -> List[Tensor]:";

  private static final String BACKWARD =
      "def backward_%1$s(self: __torch__.Kernels, dout: Tensor, x: Tensor, rows: Tensor, kept: List[Tensor],"
          + " rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l:"
          + " List[Tensor], g: List[Tensor]) -> Tensor:";

  private final List<String> weights = new ArrayList<>();
  private final List<String> branches = new ArrayList<>();
  private final List<String> gradients = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private int keptWidth;
  private int unused;

  void beginForward() {
    begin(FORWARD);
  }

  /** Begins a method. */
  void begin(String header) {
    line(2, header);
  }

  /** Returns a value, and what was kept if that is wanted. */
  void endForward(String value) {
    line(4, "if keep:");
    line(6, "result = [" + value + ", " + String.join(", ", kept) + "]");
    line(4, "else:");
    line(6, "result = [" + value + "]");
    line(4, "return result");
  }

  /** Everything kept by forward has its name again. */
  void beginBackward() {
    begin(BACKWARD);
    for (int i = 0; i < kept.size(); i++) {
      set(kept.get(i), "kept[" + i + "]");
    }
  }

  /** Ends a method. */
  void end(String value) {
    line(4, "return " + value);
  }

  void set(String name, String expression) {
    line(4, name + " = " + expression);
  }

  /** Calls a kernel for what it changes. */
  void run(String kernel, String... arguments) {
    set("_" + unused++, call(kernel, arguments));
  }

  /**
   * Backward will read this value of the forward pass.
   *
   * @param width its numbers a token
   */
  void keep(String name, int width) {
    kept.add(name);
    keptWidth += width;
  }

  /** A tensor of the model, or a joined one. */
  String weight(String name) {
    return "w[" + index(weights, name) + "]";
  }

  /** A matrix of an adapter. */
  String branch(String key) {
    return "l[" + index(branches, key) + "]";
  }

  /** The gradient of a trained tensor. */
  String gradient(String key) {
    return "g[" + index(gradients, key) + "]";
  }

  private static int index(List<String> names, String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      names.add(name);
      return names.size() - 1;
    }
    return index;
  }

  ImmutableList<String> weights() {
    return ImmutableList.copyOf(weights);
  }

  ImmutableList<String> branches() {
    return ImmutableList.copyOf(branches);
  }

  ImmutableList<String> gradients() {
    return ImmutableList.copyOf(gradients);
  }

  /** Numbers a token that are kept. */
  int keptWidth() {
    return keptWidth;
  }

  String text() {
    return text.toString();
  }

  static String call(String kernel, String... arguments) {
    return "(self)." + kernel + "(" + String.join(", ", arguments) + ")";
  }

  static String number(double value) {
    return Double.toString(value);
  }

  /** Columns of a matrix, sharing its numbers. */
  static String columns(String matrix, int start, int width) {
    return String.format(Locale.ROOT, "torch.narrow(%s, 1, %d, %d)", matrix, start, width);
  }

  /** The rows of a matrix that predict a target, one a target. */
  static String predicting(String matrix) {
    return "torch.index_select(" + matrix + ", 0, rows)";
  }

  /** Adds {@code part}, which has one row a target, to the rows of {@code matrix} that predict. */
  static String addedToPredicting(String matrix, String part) {
    return "torch.index_add_(" + matrix + ", 0, rows, " + part + ")";
  }

  private void line(int indent, String line) {
    text.append(" ".repeat(indent)).append(line).append('\n');
  }

  /** For looking at: what the lists hold, then the text. */
  @Override
  public String toString() {
    return legend("w", weights) + legend("l", branches) + legend("g", gradients) + text;
  }

  private static String legend(String list, List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(i -> String.format(Locale.ROOT, "# %s[%d] is %s%n", list, i, names.get(i)))
        .collect(Collectors.joining());
  }
}
