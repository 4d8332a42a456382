package org.dpo4j.torch.internal.architecture;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** The families of checkpoints this library knows, found by {@code model_type}. */
public final class Architectures {

  private static final ImmutableList<Architecture> ALL =
      ImmutableList.of(
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new Gemma2(),
          new Gemma3(),
          new Phi3(),
          new Gpt2(),
          new GptJ(),
          new GptNeoX());
  private static final ImmutableMap<String, Architecture> BY_TYPE = byType();
  private static final ImmutableSet<String> DTYPES =
      ImmutableSet.of("float32", "float16", "bfloat16", "float64");

  private Architectures() {}

  /**
   * The family of a configuration.
   *
   * @param config the configuration
   * @return its architecture
   * @throws IllegalArgumentException if the family is not stated or not known, or if the
   *     configuration asks for what no family here supports (quantised weights, an encoder)
   */
  public static Architecture of(ModelConfig config) {
    String supported = Joiner.on(", ").join(BY_TYPE.keySet());
    String type = config.optionalString("model_type").orElse("");
    config.check(
        !type.equals("gemma3"),
        "model_type",
        "must name a text model: gemma3 also reads images, gemma3_text is its text model");
    Architecture architecture = BY_TYPE.get(type);
    if (architecture == null) {
      throw config.refuse("model_type", "must be one of " + supported);
    }
    config.refuseIfSet("quantization_config");
    config.refuseIfSet("is_encoder_decoder");
    config.refuseIfSet("add_cross_attention");
    checkDtype(config, "dtype");
    checkDtype(config, "torch_dtype");
    return architecture;
  }

  /**
   * Reads a configuration, whatever its family.
   *
   * @param config the configuration
   * @return the decoder
   * @throws IllegalArgumentException as {@link #of} and {@link Architecture#describe} do
   */
  public static DecoderSpec describe(ModelConfig config) {
    return of(config).describe(config);
  }

  /**
   * Every {@code model_type} that is supported.
   *
   * @return in a fixed order
   */
  public static ImmutableSet<String> modelTypes() {
    return BY_TYPE.keySet();
  }

  private static void checkDtype(ModelConfig config, String field) {
    config.check(
        config.optionalString(field).map(DTYPES::contains).orElse(true),
        field,
        "must be one of " + Joiner.on(", ").join(DTYPES));
  }

  private static ImmutableMap<String, Architecture> byType() {
    ImmutableMap.Builder<String, Architecture> types = ImmutableMap.builder();
    ALL.forEach(one -> one.modelTypes().forEach(type -> types.put(type, one)));
    return types.buildOrThrow();
  }
}
