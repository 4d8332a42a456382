package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A tiny checkpoint's tokenizer files, copied to where a test may change them. */
record ModelCopy(Path directory) {

  static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "llama",
          "llama3",
          "mistral",
          "qwen2",
          "qwen3",
          "gemma2",
          "gemma3",
          "phi3",
          "gpt2",
          "gptj",
          "gpt_neox");

  private static final List<String> FILES =
      List.of("tokenizer.json", "tokenizer_config.json", "generation_config.json");

  static ModelCopy in(Path directory) {
    try {
      for (String file : FILES) {
        Files.copy(original("llama").resolve(file), directory.resolve(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelCopy(directory);
  }

  static Path original(String model) {
    try {
      return Path.of(ModelCopy.class.getResource("/models/" + model).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ModelCopy edit(String file, Consumer<JsonObject> change) {
    JsonObject json = json(directory.resolve(file));
    change.accept(json);
    return write(file, json.toString());
  }

  /** Replaces the value at a path such as {@code model.merges.3}. */
  ModelCopy set(String file, String path, String value) {
    return edit(file, root -> set(root, path, JsonParser.parseString(value)));
  }

  static void set(JsonObject root, String path, JsonElement value) {
    JsonElement at = root;
    String[] keys = path.split("\\.", -1);
    for (int i = 0; i < keys.length; i++) {
      boolean last = i == keys.length - 1;
      if (at instanceof JsonArray array) {
        int index = Integer.parseInt(keys[i]);
        if (last && index == array.size()) {
          array.add(value);
        } else if (last) {
          array.set(index, value);
        }
        at = array.get(index);
      } else {
        if (last) {
          at.getAsJsonObject().add(keys[i], value);
        }
        at = at.getAsJsonObject().get(keys[i]);
      }
    }
  }

  ModelCopy write(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  ModelCopy delete(String file) {
    try {
      Files.delete(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
