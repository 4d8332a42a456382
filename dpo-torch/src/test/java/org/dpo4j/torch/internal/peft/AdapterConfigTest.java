package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One option of llama's adapter changed at a time. */
final class AdapterConfigTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          peft_type ~ "LOHA" ~ must be "LORA", got "LOHA"
          peft_type ~ null ~ must be "LORA", got null
          task_type ~ "SEQ_CLS" ~ must be "CAUSAL_LM", got "SEQ_CLS"
          r ~ 0 ~ must be a whole number in [1..65536], got 0
          r ~ 4.5 ~ must be a whole number in [1..65536], got 4.5
          r ~ null ~ must be a whole number in [1..65536], got null
          lora_alpha ~ 0 ~ must be a number in (0.0..1.0E9], got 0
          lora_alpha ~ -8 ~ must be a number in (0.0..1.0E9], got -8
          lora_alpha ~ "8" ~ must be a number in (0.0..1.0E9], got "8"
          lora_alpha ~ null ~ must be a number in (0.0..1.0E9], got null
          lora_dropout ~ 1.0 ~ must be a number in [0.0..1.0), got 1.0
          lora_dropout ~ -0.1 ~ must be a number in [0.0..1.0), got -0.1
          use_rslora ~ "yes" ~ must be true or false, got "yes"
          fan_in_fan_out ~ 1 ~ must be true or false, got 1
          bias ~ "lora_only" ~ must be "none", got "lora_only"
          bias ~ "all" ~ must be "none", got "all"
          modules_to_save ~ ["lm_head"] ~ is not supported, got ["lm_head"]
          use_dora ~ true ~ is not supported, got true
          lora_bias ~ true ~ is not supported, got true
          use_qalora ~ true ~ is not supported, got true
          layer_replication ~ [[0,2],[1,2]] ~ is not supported, got [[0,2],[1,2]]
          alora_invocation_tokens ~ [5,6] ~ is not supported, got [5,6]
          trainable_token_indices ~ [1] ~ is not supported, got [1]
          target_parameters ~ ["mlp.w"] ~ is not supported, got ["mlp.w"]
          megatron_config ~ {"x":1} ~ is not supported, got {"x":1}
          loftq_config ~ {"loftq_bits":4} ~ is not supported, got {"loftq_bits":4}
          corda_config ~ {"x":1} ~ is not supported, got {"x":1}
          lora_ga_config ~ {"x":1} ~ is not supported, got {"x":1}
          kasa_config ~ {"beta":1} ~ is not supported, got {"beta":1}
          monteclora_config ~ {"x":1} ~ is not supported, got {"x":1}
          velora_config ~ {"x":1} ~ is not supported, got {"x":1}
          arrow_config ~ {"top_k":3} ~ is not supported, got {"top_k":3}
          use_bdlora ~ {"nblocks":2} ~ is not supported, got {"nblocks":2}
          ensure_weight_tying ~ true ~ is not supported, got true
          use_novelty ~ true ~ is no known option, and might change what the adapter computes, got true
          use_novelty ~ 0 ~ is no known option, and might change what the adapter computes, got 0
          target_modules ~ [] ~ must be a list of names, a regular expression or "all-linear", got []
          target_modules ~ null ~ must be a list of names, a regular expression or "all-linear", got null
          target_modules ~ [1] ~ must be a list of strings, got [1]
          target_modules ~ "(q" ~ must be a regular expression that RE2 knows (missing closing )), got "(q"
          target_modules ~ "(?!.*mlp).*_proj" ~ must be a regular expression that RE2 knows (invalid or unsupported Perl syntax), got "(?!.*mlp).*_proj"
          target_modules ~ "a)|(b" ~ must be a regular expression that RE2 knows (regexp/syntax: internal error), got "a)|(b"
          exclude_modules ~ 3 ~ must be a list of strings, got 3
          layers_to_transform ~ [-1] ~ must be a list of whole numbers in [0..2147483647], got [-1]
          layers_to_transform ~ "0" ~ must be a list of whole numbers in [0..2147483647], got "0"
          layers_pattern ~ "layers" ~ must be absent where layers_to_transform is, got "layers"
          rank_pattern ~ [] ~ must be an object, got []
          rank_pattern.q_proj ~ 0 ~ must be a whole number in [1..65536], got 0
          alpha_pattern.q_proj ~ null ~ must be a number in (0.0..1.0E9], got null
          alpha_pattern.( ~ 2 ~ must be a regular expression that RE2 knows (missing closing )), got 2
          """)
  void option_thatIsNotSupported_isNamed(String field, String value, String message)
      throws IOException {
    Path adapter = with(field, value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(adapter))
        .withMessage(adapter.resolve(AdapterFiles.CONFIG) + ": " + field + " " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pissa",
        "pissa_niter_4",
        "olora",
        "loftq",
        "corda",
        "lora_ga",
        "mica",
        "unheard_of"
      })
  void start_thatChangesTheBaseWeights_isNamed(String start) throws IOException {
    Path adapter = with("init_lora_weights", "\"" + start + "\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(adapter))
        .withMessage(
            "%s: init_lora_weights must be true, false, \"gaussian\", \"orthogonal\" or \"eva\""
                + " (others change the base weights or keep part of the adapter from training),"
                + " got \"%s\"",
            adapter.resolve(AdapterFiles.CONFIG), start);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          init_lora_weights ~ false
          init_lora_weights ~ "gaussian"
          init_lora_weights ~ "orthogonal"
          init_lora_weights ~ "eva"
          init_lora_weights ~ null
          eva_config ~ {"rho": 2.0}
          fan_in_fan_out ~ true
          peft_version ~ "0.99.0"
          task_type ~ null
          inference_mode ~ false
          revision ~ "main"
          auto_mapping ~ {"base_model_class": "LlamaForCausalLM"}
          megatron_core ~ "other.core"
          qalora_group_size ~ 32
          runtime_config ~ {"ephemeral_gpu_offload": true}
          lora_alpha ~ 8.0
          lora_dropout ~ null
          rank_pattern ~ null
          use_novelty ~ null
          use_novelty ~ false
          use_novelty ~ []
          use_novelty ~ {}
          use_novelty ~ ""
          """)
  void option_withoutEffect_changesNothing(String field, String value) throws IOException {
    assertThat(read(with(field, value))).isEqualTo(read(AdapterFiles.directory("llama")));
  }

  @Test
  void settings_areRead() throws IOException {
    JsonObject config = AdapterFiles.config("llama");
    config.addProperty("lora_alpha", 6.5);
    config.addProperty("use_rslora", true);
    config.addProperty("lora_dropout", 0.25);
    config.addProperty("base_model_name_or_path", "some/model");
    PeftAdapter adapter =
        read(AdapterFiles.write(temporary, config, AdapterFiles.weights("llama")));

    assertThat(adapter.dropout()).isEqualTo(0.25);
    assertThat(adapter.baseModel()).hasValue("some/model");
    assertThat(adapter.modules())
        .allSatisfy(
            module -> {
              assertThat(module.scale()).isEqualTo(new LoraScale(4, 6.5, true));
              assertThat(module.scale().value()).isEqualTo(3.25);
            });
  }

  @Test
  void configuration_thatIsNoJson_isNamed() throws IOException {
    Path adapter = with("r", "4");
    Path file = adapter.resolve(AdapterFiles.CONFIG);
    Files.writeString(file, "[]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(adapter))
        .withMessage(file + ": must hold a JSON object");
  }

  /** Llama's adapter with a field, or a field of an object in it, set. */
  private Path with(String field, String value) throws IOException {
    JsonObject config = AdapterFiles.config("llama");
    JsonElement json = JsonParser.parseString(value);
    int dot = field.indexOf('.');
    if (dot < 0) {
      config.add(field, json);
    } else {
      config.getAsJsonObject(field.substring(0, dot)).add(field.substring(dot + 1), json);
    }
    return AdapterFiles.write(temporary, config, AdapterFiles.weights("llama"));
  }

  private static PeftAdapter read(Path directory) {
    return PeftAdapter.read(directory, TinyModels.decoder("llama"));
  }
}
