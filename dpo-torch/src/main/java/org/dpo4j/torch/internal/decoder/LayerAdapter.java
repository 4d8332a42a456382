package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * The form of one adapter: which modules it changes and how, without its numbers.
 *
 * @param modules by module path
 * @param dropout probability in [0, 1) with which an input is dropped while training
 * @param trained whether gradients are wanted
 */
record LayerAdapter(ImmutableMap<String, Branch> modules, double dropout, boolean trained) {

  /**
   * LoRA on one module.
   *
   * @param rank r
   * @param scale s
   */
  record Branch(int rank, double scale) {}

  /** Those of jointly computed modules that it changes. */
  ImmutableList<LinearSpec> among(JoinedLinear linear) {
    return linear.modules().stream()
        .filter(module -> modules.containsKey(module.module()))
        .collect(ImmutableList.toImmutableList());
  }

  /** r of a module that it changes. */
  int rank(LinearSpec module) {
    return branch(module).rank();
  }

  /** What it has on a module that it changes. */
  Branch branch(LinearSpec module) {
    Branch branch = modules.get(module.module());
    if (branch == null) {
      throw new IllegalStateException(module.module());
    }
    return branch;
  }
}
