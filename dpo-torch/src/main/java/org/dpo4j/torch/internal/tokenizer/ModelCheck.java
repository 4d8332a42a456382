package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Rules for {@code model}: the vocabulary and how a word is cut into its tokens. */
final class ModelCheck {

  private static final int MAX_ID = 16_000_000;
  // Of the published vocabularies the longest token has 384. The native library frees a token's
  // bytes by recursion, and overflows the stack on very long ones.
  private static final int MAX_TOKEN_BYTES = 1024;
  private static final int MAX_WORD = 1000;
  // What published models have, and the library takes where the file says nothing.
  private static final int USUAL_WORD = 100;

  private final Map<String, Integer> ids = new HashMap<>();

  private ModelCheck() {}

  /**
   * Checks a model.
   *
   * @param model {@code tokenizer.json}'s object
   * @return id by token
   * @throws IllegalArgumentException if a rule is broken
   */
  static Map<String, Integer> vocabulary(Place model) {
    ModelCheck check = new ModelCheck();
    Place type = model.require("type");
    switch (type.string()) {
      case "BPE" -> check.bytePairs(model);
      case "Unigram" -> check.unigram(model);
      case "WordPiece", "WordLevel" -> check.words(model);
      default -> throw type.refuse("must be one of BPE, Unigram, WordPiece, WordLevel");
    }
    return check.ids;
  }

  /**
   * By how much a model takes longer than published ones: WordPiece looks up each part of a word,
   * so that the time of a character grows with the square of the longest word.
   *
   * @param model a checked object
   * @return ≥ 1
   */
  static long slowness(Place model) {
    boolean isWordPiece = model.require("type").string().equals("WordPiece");
    long word =
        isWordPiece
            ? model
                .field("max_input_chars_per_word")
                .map(most -> most.whole(1, MAX_WORD))
                .orElse(USUAL_WORD)
            : 1;
    long times = (word + USUAL_WORD - 1) / USUAL_WORD;
    return times * times;
  }

  private void bytePairs(Place model) {
    model
        .field("dropout")
        .ifPresent(
            dropout -> {
              dropout.finiteNumber();
              dropout.check(
                  dropout.value().getAsDouble() == 0,
                  "must be null: with it the same text gives other ids each time");
            });
    vocabulary(model.require("vocab").fields());
    unknownToken(model, "unk_token");
    String prefix = model.field("continuing_subword_prefix").map(Place::string).orElse("");
    for (Place merge : model.require("merges").elements()) {
      merge(merge, prefix);
    }
  }

  private void merge(Place merge, String prefix) {
    ImmutableList<String> sides =
        merge.isString()
            ? ImmutableList.copyOf(merge.string().split(" ", -1))
            : merge.elements().stream().map(Place::string).collect(ImmutableList.toImmutableList());
    merge.check(sides.size() == 2, "must be two tokens, as a list or with one space between");
    sides.forEach(
        side -> merge.check(ids.containsKey(side), "must be of tokens of the vocabulary"));
    String right = sides.get(1);
    // The library cuts as many bytes as the prefix has, whatever they are.
    merge.check(
        right.startsWith(prefix), "must have a right token that begins with '" + prefix + "'");
    merge.check(
        ids.containsKey(sides.get(0) + right.substring(prefix.length())),
        "must have its result in the vocabulary");
  }

  private void unigram(Place model) {
    Place vocabulary = model.require("vocab");
    ImmutableList<Place> pieces = vocabulary.elements();
    for (int id = 0; id < pieces.size(); id++) {
      ImmutableList<Place> piece = pieces.get(id).elements();
      pieces.get(id).check(piece.size() == 2, "must be a token and its score");
      piece.get(1).finiteNumber();
      pieces.get(id).check(!piece.get(0).string().isEmpty(), "must not be the empty token");
      add(piece.get(0), piece.get(0).string(), id);
    }
    vocabulary.check(!pieces.isEmpty(), "must not be empty");
    model.require("unk_id").whole(0, pieces.size() - 1);
  }

  private void words(Place model) {
    vocabulary(model.require("vocab").fields());
    model.require("unk_token");
    unknownToken(model, "unk_token");
    model.field("max_input_chars_per_word").ifPresent(most -> most.whole(1, MAX_WORD));
  }

  private void unknownToken(Place model, String field) {
    model
        .field(field)
        .ifPresent(
            token ->
                token.check(ids.containsKey(token.string()), "must be a token of the vocabulary"));
  }

  private void vocabulary(ImmutableList<Place> entries) {
    Set<Integer> seen = new HashSet<>();
    for (Place entry : entries) {
      int id = entry.whole(0, MAX_ID);
      entry.check(seen.add(id), "must be an id of its own");
      add(entry, entry.name(), id);
    }
  }

  private void add(Place place, String token, int id) {
    place.check(
        token.length() <= MAX_TOKEN_BYTES
            && token.getBytes(StandardCharsets.UTF_8).length <= MAX_TOKEN_BYTES,
        "must be of a token of at most " + MAX_TOKEN_BYTES + " bytes");
    place.check(ids.put(token, id) == null, "must be in the vocabulary once");
  }
}
