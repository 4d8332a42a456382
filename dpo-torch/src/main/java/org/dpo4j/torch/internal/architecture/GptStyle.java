package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.Range;
import java.util.Optional;

/** What GPT-2, GPT-J and GPT-NeoX have in common. */
final class GptStyle {

  private GptStyle() {}

  static double epsilon(ModelConfig config, String field) {
    return config.optionalNumber(field, Range.openClosed(0.0, 1.0)).orElse(1e-5);
  }

  static NormSpec norm(String module, Sizes sizes, double epsilon) {
    return new NormSpec(
        NormSpec.Kind.LAYER,
        module + ".weight",
        Optional.of(module + ".bias"),
        sizes.width(),
        epsilon);
  }
}
