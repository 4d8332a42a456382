package org.dpo4j.examples.service;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a service.
 *
 * @param prompt not blank
 * @param candidates how many answers are drawn, of which the best is given
 * @param maxTokens the most tokens of each
 * @param seed of the draws: the same seed gives the same answer
 */
public record Question(String prompt, int candidates, int maxTokens, long seed) {

  private static final String PROMPT = "prompt";
  private static final String CANDIDATES = "n";
  private static final String MAX_TOKENS = "max_tokens";
  private static final String SEED = "seed";
  private static final ImmutableSet<String> FIELDS =
      ImmutableSet.of(PROMPT, CANDIDATES, MAX_TOKENS, SEED);

  /**
   * What a question may ask for, and what it gets if it does not say.
   *
   * @param candidates drawn if it does not say
   * @param maxCandidates the most it may ask for
   * @param maxTokens the most it may ask for, and what it gets if it does not say
   * @param seed if it does not say
   */
  public record Limits(int candidates, int maxCandidates, int maxTokens, long seed) {

    /** Checks that what is given is allowed. */
    public Limits {
      Check.atLeastOne("candidates", candidates);
      Check.atLeastOne("maxTokens", maxTokens);
      Check.that(
          maxCandidates >= candidates,
          "maxCandidates must be ≥ candidates (%d), got %d",
          candidates,
          maxCandidates);
    }
  }

  /**
   * Reads a question.
   *
   * @param json an object in UTF-8 with {@code prompt} and, if it likes, {@code n}, {@code
   *     max_tokens} and {@code seed}
   * @param limits what it may ask for
   * @return the question
   * @throws IllegalArgumentException if it is anything else; the message says what
   */
  static Question parse(byte[] json, Limits limits) {
    JsonObject fields = object(text(json));
    Set<String> unknown = Sets.difference(fields.keySet(), FIELDS);
    Check.that(
        unknown.isEmpty(),
        "a question has the fields %s, got '%s'",
        String.join(", ", FIELDS),
        unknown.isEmpty() ? "" : unknown.iterator().next());
    return new Question(
        prompt(fields),
        (int) number(fields, CANDIDATES, 1, limits.maxCandidates(), limits.candidates()),
        (int) number(fields, MAX_TOKENS, 1, limits.maxTokens(), limits.maxTokens()),
        number(fields, SEED, Long.MIN_VALUE, Long.MAX_VALUE, limits.seed()));
  }

  private static String text(byte[] json) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a question must be UTF-8", e);
    }
  }

  private static JsonObject object(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
        return element.getAsJsonObject();
      }
    } catch (IOException | JsonParseException e) {
      throw new IllegalArgumentException("a question must be one JSON object; it is malformed", e);
    }
    throw new IllegalArgumentException("a question must be one JSON object");
  }

  private static String prompt(JsonObject fields) {
    JsonElement prompt = fields.get(PROMPT);
    Check.that(
        prompt != null
            && prompt.isJsonPrimitive()
            && prompt.getAsJsonPrimitive().isString()
            && !prompt.getAsString().isBlank(),
        "%s must be a text that is not blank, got %s",
        PROMPT,
        prompt == null ? "none" : prompt);
    return fields.get(PROMPT).getAsString();
  }

  private static long number(JsonObject fields, String name, long least, long most, long usual) {
    JsonElement value = fields.get(name);
    if (value == null) {
      return usual;
    }
    try {
      if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
        long number = value.getAsBigDecimal().longValueExact();
        if (number >= least && number <= most) {
          return number;
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw outOfRange(name, least, most, value, e);
    }
    throw outOfRange(name, least, most, value, null);
  }

  private static IllegalArgumentException outOfRange(
      String name, long least, long most, JsonElement value, @Nullable Exception cause) {
    String got = value.toString();
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s must be a whole number in [%d, %d], got %s",
            name,
            least,
            most,
            got.length() > 40 ? got.substring(0, 40) + "…" : got),
        cause);
  }
}
