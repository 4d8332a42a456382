package org.dpo4j.torch.internal.tokenizer;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.torch.internal.files.ModelFile;
import org.dpo4j.torch.internal.json.StrictJson;

/** The tokenizer's files in a model's directory, each read once. */
final class TokenizerDirectory {

  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String GENERATION = "generation_config.json";
  static final String TEMPLATE = "chat_template.jinja";
  static final String TOOL_TEMPLATE = "additional_chat_templates/tool_use.jinja";

  private static final int MAX_TOKENIZER_BYTES = 100_000_000;
  private static final int MAX_BYTES = 10_000_000;

  private final Path directory;
  private final Map<String, String> texts = new LinkedHashMap<>();

  private TokenizerDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a directory.
   *
   * @param directory with a {@code tokenizer.json}
   * @return its files
   * @throws IllegalArgumentException if that file is missing, or a file is too large, not UTF-8 or
   *     one that {@link ModelFile} does not allow
   */
  static TokenizerDirectory read(Path directory) {
    TokenizerDirectory files = new TokenizerDirectory(directory);
    if (!ModelFile.isThere(directory.resolve(TOKENIZER))) {
      throw new IllegalArgumentException(
          directory + ": must hold a " + TOKENIZER + "; a slow tokenizer's files are not read");
    }
    files.add(TOKENIZER, MAX_TOKENIZER_BYTES);
    files.add(CONFIG, MAX_BYTES);
    files.add(SPECIAL_TOKENS, MAX_BYTES);
    files.add(GENERATION, MAX_BYTES);
    files.add(TEMPLATE, MAX_BYTES);
    files.add(TOOL_TEMPLATE, MAX_BYTES);
    return files;
  }

  Path path() {
    return directory;
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** A file's object; an absent file is an empty one. */
  Place json(String name) {
    return Place.of(file(name), object(name));
  }

  JsonObject object(String name) {
    return text(name).map(text -> StrictJson.object(file(name), text)).orElseGet(JsonObject::new);
  }

  /** SHA-256 over names and contents. */
  String fingerprint() {
    Hasher hasher = Hashing.sha256().newHasher();
    texts.forEach(
        (name, text) -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          hasher.putString(name, StandardCharsets.UTF_8).putByte((byte) 0);
          hasher.putLong(bytes.length).putBytes(bytes);
        });
    return hasher.hash().toString();
  }

  private void add(String name, int maxBytes) {
    ModelFile.check(directory, file(name));
    if (ModelFile.isThere(file(name))) {
      texts.put(name, StrictJson.text(file(name), maxBytes));
    }
  }
}
