package org.dpo4j.torch.internal.decoder;

import static org.dpo4j.torch.internal.decoder.ScriptText.call;
import static org.dpo4j.torch.internal.decoder.ScriptText.columns;
import static org.dpo4j.torch.internal.decoder.ScriptText.number;

import com.google.common.collect.ImmutableList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * Writes the branches of a stack of adapters. Of adapter i on the modules of {@code y}, {@code yti}
 * is {@code t = x Aᵀ} of all of them side by side, {@code yui} the gradient with respect to it.
 *
 * @param text to write to
 * @param adapters in the order they were stacked
 * @param step whether x has the rows of one step of generation
 */
record AdapterScript(ScriptText text, ImmutableList<LayerAdapter> adapters, boolean step) {

  /** What one adapter has on jointly computed modules. */
  private record Branches(int index, LayerAdapter form, ImmutableList<LinearSpec> modules) {

    int rank(LinearSpec module) {
      return form.rank(module);
    }

    int ranks() {
      return modules.stream().mapToInt(this::rank).sum();
    }

    String scale(LinearSpec module) {
      return number(form.branch(module).scale());
    }

    /** The key of the A of all modules, one above the other. */
    String a() {
      return modules.stream()
          .map(LinearSpec::module)
          .collect(Collectors.joining("+", index + ":", ":A"));
    }

    String b(LinearSpec module) {
      return index + ":" + module.module() + ":B";
    }

    /** The columns of {@code t} or {@code u} that are a module's. */
    String of(LinearSpec module, String t) {
      if (modules.size() == 1) {
        return t;
      }
      int before = modules.subList(0, modules.indexOf(module)).stream().mapToInt(this::rank).sum();
      return columns(t, before, rank(module));
    }

    boolean drops() {
      return form.trained() && form.dropout() > 0;
    }
  }

  private ImmutableList<Branches> on(JoinedLinear linear) {
    return IntStream.range(0, adapters.size())
        .mapToObj(i -> new Branches(i, adapters.get(i), adapters.get(i).among(linear)))
        .filter(branches -> !branches.modules().isEmpty())
        .collect(ImmutableList.toImmutableList());
  }

  /** {@code y += s (x Aᵀ) Bᵀ}. */
  void forward(String y, JoinedLinear linear, String x) {
    for (Branches branches : on(linear)) {
      String t = y + "t" + branches.index();
      if (branches.drops()) {
        String mask = mask(y, branches);
        text.set(mask, call("dropout_mask", x, number(branches.form().dropout()), "drop"));
        text.keep(mask, linear.in());
      }
      text.set(t, call(kernel("lora_down"), input(y, branches, x), text.branch(branches.a())));
      if (branches.form().trained()) {
        text.keep(t, branches.ranks());
      }
      for (LinearSpec module : branches.modules()) {
        text.run(
            kernel("lora_up_"),
            linear.part(y, module),
            branches.of(module, t),
            text.branch(branches.b(module)),
            branches.scale(module));
      }
    }
  }

  /** Adds the branches' part to {@code dx}. */
  void backward(String dx, JoinedLinear linear, String dy, String y) {
    for (Branches branches : on(linear)) {
      String u = y + "u" + branches.index();
      text.set(u, call("like", dy, Integer.toString(branches.ranks())));
      for (LinearSpec module : branches.modules()) {
        text.run(
            "lora_up_backward_",
            branches.of(module, u),
            linear.part(dy, module),
            text.branch(branches.b(module)),
            branches.scale(module));
      }
      String a = text.branch(branches.a());
      if (branches.drops()) {
        text.run("lora_dropped_backward_", dx, u, a, mask(y, branches));
      } else {
        text.run("lora_down_backward_", dx, u, a);
      }
    }
  }

  /** Adds to the gradients of a trained adapter; after {@link #backward}. */
  void gradients(JoinedLinear linear, String dy, String x, String y) {
    for (Branches branches : on(linear)) {
      if (!branches.form().trained()) {
        continue;
      }
      String u = y + "u" + branches.index();
      text.run("lora_a_", text.gradient(branches.a()), u, input(y, branches, x));
      for (LinearSpec module : branches.modules()) {
        text.run(
            "lora_b_",
            text.gradient(branches.b(module)),
            linear.part(dy, module),
            branches.of(module, y + "t" + branches.index()),
            branches.scale(module));
      }
    }
  }

  private String kernel(String name) {
    return step ? "step_" + name : name;
  }

  /** What the branch reads: x, while training with some elements dropped. */
  private static String input(String y, Branches branches, String x) {
    return branches.drops() ? "torch.mul(" + x + ", " + mask(y, branches) + ")" : x;
  }

  private static String mask(String y, Branches branches) {
    return y + "mask" + branches.index();
  }
}
