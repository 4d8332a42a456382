package org.dpo4j.torch.internal.peft;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/** How PEFT names modules: by their path, or by a suffix of it that starts after a dot. */
public final class ModuleNames {

  private static final Pattern LAYER = Pattern.compile("\\.\\d+\\.");

  private ModuleNames() {}

  /**
   * Whether a module has one of these names.
   *
   * @param module its path
   * @param names paths or suffixes
   * @return true if one of them is the path, or is a suffix of it that follows a dot
   */
  public static boolean matches(String module, Set<String> names) {
    return suffixes(module).stream().anyMatch(names::contains);
  }

  /**
   * The names there are, for messages.
   *
   * @param decoder the model
   * @return for instance {@code model.layers.*.self_attn.q_proj, …}
   */
  public static String listed(DecoderSpec decoder) {
    return Joiner.on(", ")
        .join(
            decoder.linears().stream()
                .map(linear -> LAYER.matcher(linear.module()).replaceFirst(".*."))
                .collect(ImmutableSet.toImmutableSet()));
  }

  /**
   * The suffixes of a path.
   *
   * @return shortest first, the path last
   */
  static ImmutableList<String> suffixes(String module) {
    ImmutableList.Builder<String> suffixes = ImmutableList.builder();
    for (int dot = module.lastIndexOf('.'); dot >= 0; dot = module.lastIndexOf('.', dot - 1)) {
      suffixes.add(module.substring(dot + 1));
    }
    return suffixes.add(module).build();
  }

  /**
   * The fewest, shortest names that PEFT takes for some modules of a decoder and for no others.
   *
   * @param decoder the model
   * @param modules paths of linear modules of it
   * @return sorted
   */
  static ImmutableList<String> covering(DecoderSpec decoder, Set<String> modules) {
    ImmutableSet<String> ambiguous =
        decoder.linears().stream()
            .map(LinearSpec::module)
            .filter(module -> !modules.contains(module))
            .flatMap(module -> suffixes(module).stream())
            .collect(ImmutableSet.toImmutableSet());
    return modules.stream()
        .map(module -> name(module, ambiguous))
        .distinct()
        .sorted()
        .collect(ImmutableList.toImmutableList());
  }

  private static String name(String module, Set<String> ambiguous) {
    return suffixes(module).stream()
        .filter(suffix -> !ambiguous.contains(suffix) && !startsWithNumber(suffix))
        .findFirst()
        .orElse(module);
  }

  /** {@code 0.self_attn.q_proj} would do, but readers expect a name. */
  private static boolean startsWithNumber(String suffix) {
    return Character.isDigit(suffix.charAt(0));
  }
}
