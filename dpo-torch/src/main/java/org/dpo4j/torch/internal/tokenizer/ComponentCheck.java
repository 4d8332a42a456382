package org.dpo4j.torch.internal.tokenizer;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Rules for {@code normalizer}, {@code pre_tokenizer} and {@code decoder}: known types only, and no
 * parameters under which the native library fails, or makes a long text out of a short one.
 */
final class ComponentCheck {

  private static final int MAX_STEPS = 16;
  private static final int MAX_INSERT = 256;
  private static final long MAX_GROWTH = 1000;

  // By how many characters one character can grow: ﷺ becomes 18 in NFKC.
  private static final ImmutableMap<String, Integer> UNICODE_GROWTH =
      ImmutableMap.<String, Integer>builder()
          .put("BertNormalizer", 12)
          .put("Lowercase", 3)
          .put("Strip", 1)
          .put("StripAccents", 1)
          .put("NFC", 3)
          .put("NFD", 4)
          .put("NFKC", 18)
          .put("NFKD", 18)
          .put("Nmt", 1)
          .put("ByteLevel", 4)
          .buildOrThrow();
  private static final ImmutableSet<String> NORMALIZERS =
      ImmutableSet.<String>builder()
          .addAll(UNICODE_GROWTH.keySet())
          .add("Prepend", "Replace", "Precompiled", "Sequence")
          .build();
  private static final ImmutableSet<String> PRE_TOKENIZERS =
      ImmutableSet.of(
          "BertPreTokenizer",
          "ByteLevel",
          "CharDelimiterSplit",
          "Metaspace",
          "Whitespace",
          "WhitespaceSplit",
          "Split",
          "Punctuation",
          "Digits",
          "UnicodeScripts",
          "FixedLength",
          "Sequence");
  private static final ImmutableSet<String> DECODERS =
      ImmutableSet.of(
          "BPEDecoder",
          "ByteLevel",
          "WordPiece",
          "Metaspace",
          "CTC",
          "Replace",
          "Fuse",
          "Strip",
          "ByteFallback",
          "Sequence");

  private ComponentCheck() {}

  /**
   * Checks a normalizer.
   *
   * @param normalizer the object
   * @return how many characters one character can become, at most
   * @throws IllegalArgumentException if a rule is broken
   */
  static long normalizer(Place normalizer) {
    String type = type(normalizer, NORMALIZERS);
    return switch (type) {
      case "Sequence" -> sequence(normalizer, "normalizers", ComponentCheck::normalizer);
      case "Prepend" -> {
        Place prepend = normalizer.require("prepend");
        prepend.check(!prepend.string().isEmpty(), "must not be empty");
        yield 1 + inserted(prepend);
      }
      case "Replace" -> replace(normalizer);
      case "Precompiled" -> Charsmap.growth(normalizer.require("precompiled_charsmap"));
      default -> UNICODE_GROWTH.getOrDefault(type, 1);
    };
  }

  /**
   * Checks a pre-tokenizer.
   *
   * @param preTokenizer the object
   * @throws IllegalArgumentException if a rule is broken
   */
  static void preTokenizer(Place preTokenizer) {
    long growing = growingPreTokenizers(preTokenizer);
    preTokenizer.check(growing <= 1, "must have ByteLevel or Metaspace at most once");
  }

  private static long growingPreTokenizers(Place preTokenizer) {
    switch (type(preTokenizer, PRE_TOKENIZERS)) {
      case "Sequence" -> {
        return steps(preTokenizer, "pretokenizers").stream()
            .mapToLong(ComponentCheck::growingPreTokenizers)
            .sum();
      }
      case "Split" -> minLength(preTokenizer.require("pattern"));
      case "FixedLength" ->
          preTokenizer.field("length").ifPresent(length -> length.whole(1, Integer.MAX_VALUE));
      case "ByteLevel", "Metaspace" -> {
        return 1;
      }
      default -> {}
    }
    return 0;
  }

  /**
   * Checks a decoder.
   *
   * @param decoder the object
   * @return how many characters one character can become, at most
   * @throws IllegalArgumentException if a rule is broken
   */
  static long decoder(Place decoder) {
    switch (type(decoder, DECODERS)) {
      case "Sequence" -> {
        return sequence(decoder, "decoders", ComponentCheck::decoder);
      }
      case "Replace" -> {
        return replace(decoder);
      }
      case "Strip" -> {
        // The library looks for the characters in the token, and does not ask how many it has.
        decoder.require("stop").whole(0, 0);
        return 1;
      }
      case "BPEDecoder", "WordPiece", "CTC" -> {
        return 2;
      }
      default -> {
        return 1;
      }
    }
  }

  private static String type(Place component, ImmutableSet<String> known) {
    component.checkNumbers();
    Place type = component.require("type");
    type.check(known.contains(type.string()), "must be one of " + Joiner.on(", ").join(known));
    return type.string();
  }

  private static long sequence(Place sequence, String field, ToLongFunction<Place> growth) {
    long product = 1;
    for (Place step : steps(sequence, field)) {
      product *= growth.applyAsLong(step);
      sequence.check(
          product <= MAX_GROWTH,
          "must not be able to make a text more than " + MAX_GROWTH + " times as long");
    }
    return product;
  }

  private static List<Place> steps(Place sequence, String field) {
    Place list = sequence.require(field);
    ImmutableList<Place> steps = list.elements();
    list.check(steps.size() <= MAX_STEPS, "must have at most " + MAX_STEPS + " elements");
    return steps;
  }

  private static long replace(Place replace) {
    int removed = minLength(replace.require("pattern"));
    int inserted = inserted(replace.require("content"));
    replace.check(removed > 0, "must not replace nothing, which the library cannot");
    return Math.max(1, (inserted + removed - 1) / removed);
  }

  /** How many characters a match has at least. */
  private static int minLength(Place pattern) {
    if (pattern.field("Regex").isPresent()) {
      return RegexCheck.canBeEmpty(pattern.require("Regex")) ? 0 : 1;
    }
    Place string = pattern.require("String");
    string.check(!string.string().isEmpty(), "must not be empty");
    return string.string().length();
  }

  private static int inserted(Place content) {
    content.check(
        content.string().length() <= MAX_INSERT, "must have at most " + MAX_INSERT + " characters");
    return content.string().length();
  }
}
