package org.dpo4j.torch.internal.peft;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import org.dpo4j.torch.internal.architecture.ModelConfig;

/**
 * Which options of {@code adapter_config.json} an adapter may have. PEFT ignores fields it does not
 * know, with a warning; here one that is set is an error, because it may change what the adapter
 * computes.
 */
final class AdapterFields {

  private static final String SAVED = "modules_to_save";

  /** Read by {@link AdapterConfig}, or below. */
  private static final ImmutableSet<String> READ =
      ImmutableSet.of(
          "peft_type",
          "task_type",
          "r",
          "lora_alpha",
          "use_rslora",
          "lora_dropout",
          "target_modules",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "rank_pattern",
          "alpha_pattern",
          "fan_in_fan_out",
          "bias",
          "init_lora_weights",
          "base_model_name_or_path");

  /** Whatever they say, the adapter computes the same. */
  private static final ImmutableSet<String> WITHOUT_EFFECT =
      ImmutableSet.of(
          "peft_version",
          "auto_mapping",
          "inference_mode",
          "revision",
          // PEFT itself passes over this one in a file.
          "runtime_config",
          // Each only counts together with an option that is refused.
          "megatron_core",
          "qalora_group_size",
          // How A was filled before training.
          "eva_config");

  private static final ImmutableSet<String> UNSUPPORTED =
      ImmutableSet.of(
          "alora_invocation_tokens",
          "arrow_config",
          "corda_config",
          "ensure_weight_tying",
          "kasa_config",
          "layer_replication",
          "loftq_config",
          "lora_bias",
          "lora_ga_config",
          "megatron_config",
          SAVED,
          "monteclora_config",
          "target_parameters",
          "trainable_token_indices",
          "use_bdlora",
          "use_dora",
          "use_qalora",
          "velora_config");

  /**
   * Ways to fill A and B before training that leave the base weights alone and all of the adapter
   * trainable. The others (pissa, olora, loftq, corda, lora_ga; mica) do not.
   */
  private static final ImmutableSet<String> STARTS =
      ImmutableSet.of("gaussian", "orthogonal", "eva");

  private AdapterFields() {}

  /**
   * Refuses a configuration that asks for more than plain LoRA on linear modules.
   *
   * @throws IllegalArgumentException if it does; the message names the option
   */
  static void check(ModelConfig config, AdapterTask task) {
    config.check(
        config.optionalString("peft_type").orElse("").equals("LORA"),
        "peft_type",
        "must be \"LORA\"");
    for (String field : config.names()) {
      if (field.equals(SAVED) && task.hasHead()) {
        checkSaved(config);
      } else if (UNSUPPORTED.contains(field)) {
        config.refuseIfSet(field);
      } else if (!READ.contains(field) && !WITHOUT_EFFECT.contains(field)) {
        config.refuseIfSet(field, "is no known option, and might change what the adapter computes");
      }
    }
    config.check(
        config.optionalString("task_type").orElse(AdapterTask.CAUSAL_LM.name()).equals(task.name()),
        "task_type",
        "must be \"" + task + "\"");
    config.check(
        config.optionalString("bias").orElse("none").equals("none"), "bias", "must be \"none\"");
    // Says how the base weights are stored, which the architecture says already.
    config.optionalBoolean("fan_in_fan_out", false);
    checkStart(config);
  }

  /** PEFT names both of the heads it knows, and saves that which the model has. */
  private static void checkSaved(ModelConfig config) {
    config.check(
        ImmutableSet.of("classifier", "score")
            .containsAll(config.optionalStrings(SAVED).orElse(ImmutableList.of())),
        SAVED,
        "must name nothing but \"score\" and \"classifier\", the head");
  }

  private static void checkStart(ModelConfig config) {
    String field = "init_lora_weights";
    if (!config.holdsString(field)) {
      config.optionalBoolean(field, true);
      return;
    }
    config.check(
        STARTS.contains(config.optionalString(field).orElse("").toLowerCase(Locale.ROOT)),
        field,
        "must be true, false, \"gaussian\", \"orthogonal\" or \"eva\" (others change the base"
            + " weights or keep part of the adapter from training)");
  }
}
