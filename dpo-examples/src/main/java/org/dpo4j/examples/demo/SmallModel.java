package org.dpo4j.examples.demo;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.dpo4j.torch.FreshWeights;

/** A decoder of a tenth of a million weights that knows words, and nothing else yet. */
final class SmallModel {

  private static final String END = "<end>";

  private SmallModel() {}

  /** Writes its directory, as Hugging Face lays one out. */
  static void write(Path directory, Iterable<String> words, long seed) throws IOException {
    Files.createDirectories(directory);
    JsonObject vocabulary = new JsonObject();
    vocabulary.addProperty(END, 0);
    for (String word : words) {
      vocabulary.addProperty(word, vocabulary.size());
    }
    Files.writeString(directory.resolve("config.json"), config(vocabulary.size()));
    Files.writeString(directory.resolve("tokenizer.json"), tokenizer(vocabulary));
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>", "model_max_length": 64}
        """);
    FreshWeights.write(directory, seed);
  }

  private static String config(int vocabularySize) {
    return String.format(
        Locale.ROOT,
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": %d,
         "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 4, "max_position_embeddings": 64, "hidden_act": "silu", "rms_norm_eps": 1e-06,
         "rope_theta": 10000.0, "tie_word_embeddings": true, "initializer_range": 0.08, "eos_token_id": 0,
         "torch_dtype": "float32"}
        """,
        vocabularySize);
  }

  /** A word a token. */
  private static String tokenizer(JsonObject vocabulary) {
    JsonObject tokenizer =
        JsonParser.parseString(
                """
                {"version": "1.0", "truncation": null, "padding": null,
                 "added_tokens": [{"id": 0, "content": "<end>", "single_word": false, "lstrip": false,
                   "rstrip": false, "normalized": false, "special": true}],
                 "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
                 "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "unk_token": "<end>"}}
                """)
            .getAsJsonObject();
    tokenizer.getAsJsonObject("model").add("vocab", vocabulary);
    return tokenizer.toString();
  }
}
