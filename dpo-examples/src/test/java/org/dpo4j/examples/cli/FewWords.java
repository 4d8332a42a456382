package org.dpo4j.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.FreshWeights;

/** A model of the words how, good, bad and very, with random weights. */
final class FewWords {

  private FewWords() {}

  static void writeModel(Path directory) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 5,
         "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 4, "num_attention_heads": 2,
         "num_key_value_heads": 2, "max_position_embeddings": 32, "hidden_act": "silu",
         "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": true,
         "initializer_range": 0.08, "eos_token_id": 0, "torch_dtype": "float32"}
        """);
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [{"id": 0, "content": "<end>", "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false, "special": true}],
         "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "<end>",
           "vocab": {"<end>": 0, "how": 1, "good": 2, "bad": 3, "very": 4}}}
        """);
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>"}
        """);
    FreshWeights.write(directory, 7);
  }
}
