package org.dpo4j.torch.internal.peft;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.ModelConfig;

/** Which linear modules an {@code adapter_config.json} names, by PEFT's rules. */
final class TargetModules {

  private static final String TARGETS = "target_modules";
  private static final String EXCLUDED = "exclude_modules";
  private static final String LAYERS = "layers_to_transform";
  private static final String LAYERS_PATTERN = "layers_pattern";
  private static final String INDEX = "index";
  private static final int MAX_PATTERNS = 100;

  private TargetModules() {}

  /**
   * Reads the rule.
   *
   * @return true for the path of a linear module that is adapted
   */
  static Predicate<String> read(ModelConfig config) {
    Predicate<String> targets = config.holdsString(TARGETS) ? readString(config) : readList(config);
    if (!config.states(EXCLUDED)) {
      return targets;
    }
    Predicate<String> excluded =
        config.holdsString(EXCLUDED)
            ? ModulePattern.read(config, EXCLUDED)::matches
            : named(config.optionalStrings(EXCLUDED).orElse(ImmutableList.of()));
    return targets.and(excluded.negate());
  }

  private static Predicate<String> readString(ModelConfig config) {
    String rule = "must be absent where target_modules is a string";
    config.refuseIfSet(LAYERS, rule);
    config.refuseIfSet(LAYERS_PATTERN, rule);
    if (config
        .optionalString(TARGETS)
        .filter(s -> Ascii.equalsIgnoreCase(s, "all-linear"))
        .isPresent()) {
      return module -> true;
    }
    return ModulePattern.read(config, TARGETS)::matches;
  }

  private static Predicate<String> readList(ModelConfig config) {
    ImmutableList<String> names = config.optionalStrings(TARGETS).orElse(ImmutableList.of());
    config.check(
        !names.isEmpty(),
        TARGETS,
        "must be a list of names, a regular expression or \"all-linear\"");
    ImmutableList<Integer> layers =
        config.optionalInts(LAYERS, 0, Integer.MAX_VALUE).orElse(ImmutableList.of());
    if (layers.isEmpty()) {
      config.refuseIfSet(LAYERS_PATTERN, "must be absent where layers_to_transform is");
      return named(names);
    }
    ImmutableSet<String> full = ImmutableSet.copyOf(names);
    // A full path counts in whatever layer it is.
    return named(names).and(inLayers(config, ImmutableSet.copyOf(layers)).or(full::contains));
  }

  private static Predicate<String> inLayers(ModelConfig config, ImmutableSet<Integer> layers) {
    ImmutableList<ModulePattern> places = layerPatterns(config);
    return module ->
        places.stream()
            .map(place -> place.groupAtStart(module, INDEX))
            .flatMap(Optional::stream)
            .findFirst()
            .map(Integer::valueOf)
            .filter(layers::contains)
            .isPresent();
  }

  private static ImmutableList<ModulePattern> layerPatterns(ModelConfig config) {
    List<String> stated =
        config.holdsString(LAYERS_PATTERN)
            ? config.optionalString(LAYERS_PATTERN).stream().filter(s -> !s.isEmpty()).toList()
            : config.optionalStrings(LAYERS_PATTERN).orElse(ImmutableList.of());
    config.check(
        stated.size() <= MAX_PATTERNS,
        LAYERS_PATTERN,
        "must have at most " + MAX_PATTERNS + " elements");
    return stated.isEmpty()
        ? ImmutableList.of(
            ModulePattern.compile(
                config, LAYERS_PATTERN, "[^.]*", ".*?\\.%s\\.(?<" + INDEX + ">\\d+)\\."))
        : stated.stream()
            .map(
                name ->
                    ModulePattern.compile(
                        config, LAYERS_PATTERN, name, "(?:^|.*?\\.)%s\\.(?<" + INDEX + ">\\d+)\\."))
            .collect(ImmutableList.toImmutableList());
  }

  private static Predicate<String> named(ImmutableList<String> names) {
    ImmutableSet<String> set = ImmutableSet.copyOf(names);
    return module -> ModuleNames.matches(module, set);
  }
}
