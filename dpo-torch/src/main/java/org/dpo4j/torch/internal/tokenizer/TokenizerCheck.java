package org.dpo4j.torch.internal.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;

/**
 * A {@code tokenizer.json} that was read in Java before the native library sees it, because the
 * library ends the JVM on what it does not expect. Knows the types that published tokenizers use;
 * everything else is refused by file, place, rule and value.
 *
 * @param vocabulary its tokens
 * @param added those of them that are found in a text first
 * @param surroundings what it puts around a text
 * @param growth how many characters one character of a text can become in the library, at most
 * @param slowness how much longer a character takes there than with published models
 * @param json the file without what is done here instead: padding, truncation, post-processing,
 *     leaving out special tokens
 */
record TokenizerCheck(
    Vocabulary vocabulary,
    AddedTokens added,
    Surroundings surroundings,
    long growth,
    long slowness,
    String json) {

  /**
   * Checks a file.
   *
   * @param file named in messages
   * @param object its content
   * @return what it holds
   * @throws IllegalArgumentException if a rule is broken
   */
  static TokenizerCheck of(Path file, JsonObject object) {
    Place root = Place.of(file, object);
    root.field("version")
        .ifPresent(version -> version.check(version.string().equals("1.0"), "must be 1.0"));
    Vocabulary vocabulary =
        AddedTokenCheck.vocabulary(root, ModelCheck.vocabulary(root.require("model")));
    long growth = root.field("normalizer").map(ComponentCheck::normalizer).orElse(1L);
    root.field("pre_tokenizer").ifPresent(ComponentCheck::preTokenizer);
    root.field("decoder").ifPresent(ComponentCheck::decoder);
    checkTruncation(root);
    Surroundings surroundings =
        root.field("post_processor")
            .map(processor -> Surroundings.of(processor, vocabulary))
            .orElse(Surroundings.NOTHING);
    return new TokenizerCheck(
        vocabulary,
        AddedTokens.of(root),
        surroundings,
        growth,
        ModelCheck.slowness(root.require("model")),
        json(file, object));
  }

  private static void checkTruncation(Place root) {
    root.field("truncation")
        .ifPresent(
            truncation -> {
              int most = truncation.require("max_length").whole(0, Integer.MAX_VALUE);
              truncation
                  .field("stride")
                  .ifPresent(
                      stride ->
                          stride.check(
                              stride.whole(0, Integer.MAX_VALUE) < Math.max(most, 1),
                              "must be less than max_length, " + most));
            });
    root.field("padding")
        .ifPresent(padding -> padding.check(padding.isObject(), "must be an object"));
  }

  private static String json(Path file, JsonObject object) {
    JsonObject kept = new JsonObject();
    object.entrySet().forEach(field -> kept.add(field.getKey(), field.getValue()));
    kept.add("truncation", JsonNull.INSTANCE);
    kept.add("padding", JsonNull.INSTANCE);
    kept.add("post_processor", JsonNull.INSTANCE);
    if (object.get("added_tokens") instanceof JsonArray tokens) {
      kept.add("added_tokens", notSpecial(tokens));
    }
    String json = kept.toString();
    if (Surrogates.firstAlone(json).isPresent()) {
      throw new IllegalArgumentException(file + ": must not hold half a surrogate pair");
    }
    return json;
  }

  /** The library takes several times as long for tokens that it is to leave out of texts. */
  private static JsonArray notSpecial(JsonArray tokens) {
    JsonArray plain = tokens.deepCopy();
    for (JsonElement token : plain) {
      token.getAsJsonObject().addProperty("special", false);
    }
    return plain;
  }
}
