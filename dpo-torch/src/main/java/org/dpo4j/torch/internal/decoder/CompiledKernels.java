package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Kernels by what they are compiled for: compiled once, and kept while a network runs them. */
final class CompiledKernels {

  /**
   * What kernels are compiled for.
   *
   * @param methods the text of the layers
   * @param branches what adapters multiply with
   */
  record Form(String methods, ImmutableSet<RowBlocks.Branch> branches) {}

  private static final class Shared {
    final Kernels kernels;
    int networks;

    Shared(Kernels kernels) {
      this.kernels = kernels;
    }
  }

  private final Function<Form, Kernels> compiler;
  private final Map<Form, Shared> shared = new HashMap<>();

  CompiledKernels(Function<Form, Kernels> compiler) {
    this.compiler = compiler;
  }

  /** Those of a form, to be released once. */
  synchronized Kernels take(Form form) {
    Shared found = shared.computeIfAbsent(form, key -> new Shared(compiler.apply(key)));
    found.networks++;
    return found.kernels;
  }

  synchronized void release(Kernels kernels) {
    shared
        .values()
        .removeIf(
            one -> {
              boolean last = one.kernels == kernels && --one.networks == 0;
              if (last) {
                kernels.close();
              }
              return last;
            });
  }
}
