package org.dpo4j.torch.internal.peft;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Range;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.ModelConfig;

/**
 * An {@code adapter_config.json}, checked.
 *
 * @param json the file
 * @param rank of the modules that {@code ranks} has no word on
 * @param alpha of the modules that {@code alphas} has no word on
 * @param rankStabilized whether scales are α/√r
 * @param dropout in [0, 1)
 * @param baseModel what the adapter was trained on, if stated
 * @param targets the modules that are adapted, by their path
 * @param ranks ranks of other modules; the first expression that matches counts
 * @param alphas the same for α
 */
record AdapterConfig(
    ModelConfig json,
    int rank,
    double alpha,
    boolean rankStabilized,
    double dropout,
    Optional<String> baseModel,
    Predicate<String> targets,
    ImmutableMap<ModulePattern, Integer> ranks,
    ImmutableMap<ModulePattern, Double> alphas) {

  static final String FILE = "adapter_config.json";
  private static final Range<Double> ALPHAS = Range.openClosed(0.0, LoraScale.MAX_ALPHA);
  private static final int MAX_PATTERN_CHARACTERS = 100_000;

  static AdapterConfig read(Path file, AdapterTask task) {
    ModelConfig json = ModelConfig.read(file);
    AdapterFields.check(json, task);
    return new AdapterConfig(
        json,
        json.requireInt("r", 1, LoraScale.MAX_RANK),
        json.requireNumber("lora_alpha", ALPHAS),
        json.optionalBoolean("use_rslora", false),
        json.optionalNumber("lora_dropout", Range.closedOpen(0.0, 1.0)).orElse(0),
        json.optionalString("base_model_name_or_path"),
        TargetModules.read(json),
        patterns(
            json, "rank_pattern", (ranks, key) -> ranks.requireInt(key, 1, LoraScale.MAX_RANK)),
        patterns(json, "alpha_pattern", (alphas, key) -> alphas.requireNumber(key, ALPHAS)));
  }

  /** The modules of a decoder that are adapted: at least one, in the decoder's order. */
  ImmutableList<LinearSpec> modules(DecoderSpec decoder) {
    ImmutableList<LinearSpec> modules =
        decoder.linears().stream()
            .filter(linear -> targets.test(linear.module()))
            .collect(ImmutableList.toImmutableList());
    json.check(
        !modules.isEmpty(),
        "target_modules",
        String.format(
            Locale.ROOT,
            "(less exclude_modules, in layers_to_transform) must match a linear module of the %s,"
                + " which has %s",
            decoder.modelType(),
            ModuleNames.listed(decoder)));
    return modules;
  }

  LoraScale scale(LinearSpec linear) {
    return new LoraScale(
        first(ranks, linear).orElse(rank), first(alphas, linear).orElse(alpha), rankStabilized);
  }

  private static <V> Optional<V> first(ImmutableMap<ModulePattern, V> values, LinearSpec linear) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().matches(linear.module()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static <V> ImmutableMap<ModulePattern, V> patterns(
      ModelConfig json, String field, BiFunction<ModelConfig, String, V> value) {
    Optional<ModelConfig> object = json.optionalObject(field);
    if (object.isEmpty()) {
      return ImmutableMap.of();
    }
    ImmutableList<String> keys = object.get().names();
    json.check(
        keys.stream().mapToInt(String::length).sum() <= MAX_PATTERN_CHARACTERS,
        field,
        "must have keys of at most " + MAX_PATTERN_CHARACTERS + " characters together");
    return keys.stream()
        .collect(
            ImmutableMap.toImmutableMap(
                key -> ModulePattern.compile(object.get(), key, key, "(.*\\.)?(%s)"),
                key -> value.apply(object.get(), key)));
  }
}
