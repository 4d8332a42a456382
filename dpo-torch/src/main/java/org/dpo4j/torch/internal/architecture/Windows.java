package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** How many positions a query sees, layer by layer. */
final class Windows {

  private static final String FIELD = "sliding_window";
  private static final String TYPES = "layer_types";

  private Windows() {}

  /**
   * One window for all layers; none where the field is {@code null}.
   *
   * @param usual the window where the field is absent
   */
  static OptionalInt read(ModelConfig config, OptionalInt usual) {
    return config.states(FIELD) ? config.optionalInt(FIELD, 1, Sizes.MAX_POSITIONS) : usual;
  }

  /**
   * Which layers slide: as {@code layer_types} says, or else by a rule.
   *
   * @param rule by layer, from 0
   * @return {@code [layers]}
   */
  static ImmutableList<Boolean> sliding(ModelConfig config, Sizes sizes, IntPredicate rule) {
    Optional<ImmutableList<String>> types = config.optionalStrings(TYPES);
    if (types.isEmpty()) {
      return IntStream.range(0, sizes.layers())
          .mapToObj(rule::test)
          .collect(ImmutableList.toImmutableList());
    }
    config.check(
        types.get().size() == sizes.layers(),
        TYPES,
        "must name num_hidden_layers = " + sizes.layers() + " layers, names " + types.get().size());
    return types.get().stream()
        .map(type -> slides(config, type))
        .collect(ImmutableList.toImmutableList());
  }

  /** The window of each layer; absent for those that see everything. */
  static ImmutableList<OptionalInt> of(
      ModelConfig config, ImmutableList<Boolean> sliding, OptionalInt window) {
    config.check(
        window.isPresent() || !sliding.contains(true),
        FIELD,
        "must be there (and in use) for layers of sliding attention");
    return sliding.stream()
        .map(slides -> slides ? window : OptionalInt.empty())
        .collect(ImmutableList.toImmutableList());
  }

  /** Qwen's rule: from {@code max_window_layers} on, if {@code use_sliding_window}. */
  static ImmutableList<OptionalInt> qwen(ModelConfig config, Sizes sizes) {
    boolean use = config.optionalBoolean("use_sliding_window", false);
    OptionalInt window = use ? read(config, OptionalInt.of(4096)) : OptionalInt.empty();
    int first = config.optionalInt("max_window_layers", 0, Integer.MAX_VALUE).orElse(28);
    return of(config, sliding(config, sizes, i -> window.isPresent() && i >= first), window);
  }

  private static boolean slides(ModelConfig config, String type) {
    config.check(
        type.equals("sliding_attention") || type.equals("full_attention"),
        TYPES,
        "must name sliding_attention and full_attention only");
    return type.equals("sliding_attention");
  }
}
