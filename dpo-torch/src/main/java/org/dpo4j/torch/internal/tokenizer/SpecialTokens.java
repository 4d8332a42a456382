package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Where texts begin and end.
 *
 * @param bos the token that begins a text, if the model has one
 * @param eos the token that ends a completion
 * @param ends every token that ends one, {@code eos} among them
 * @param before what the post-processor puts in front of plain text; {@code add_bos_token} has no
 *     say in it, as in transformers 5
 */
record SpecialTokens(
    OptionalInt bos, int eos, ImmutableSet<Integer> ends, ImmutableIntArray before) {

  /**
   * Reads them from the files that may state them.
   *
   * @param files the files
   * @param tokenizer the checked tokenizer
   * @return the tokens
   * @throws IllegalArgumentException if no token ends a completion, a token is not in the
   *     vocabulary, or the files contradict each other
   */
  static SpecialTokens of(TokenizerDirectory files, TokenizerCheck tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    Place config = files.json(TokenizerDirectory.CONFIG);
    Place map = files.json(TokenizerDirectory.SPECIAL_TOKENS);
    checkAddedTokens(config, vocabulary);
    OptionalInt bos = token("bos_token", config, map, vocabulary);
    OptionalInt stated = token("eos_token", config, map, vocabulary);
    ImmutableSet<Integer> generated = ends(files.json(TokenizerDirectory.GENERATION));
    if (stated.isEmpty() && generated.isEmpty()) {
      throw new IllegalArgumentException(
          files.path()
              + ": must state the token that ends a text, as eos_token in "
              + TokenizerDirectory.CONFIG
              + " or as eos_token_id in "
              + TokenizerDirectory.GENERATION);
    }
    int eos = stated.orElseGet(() -> generated.iterator().next());
    vocabulary.token(eos);
    ImmutableSet<Integer> ends = ImmutableSet.<Integer>builder().add(eos).addAll(generated).build();
    ImmutableIntArray after = tokenizer.surroundings().after();
    if (!after.stream().allMatch(ends::contains)) {
      throw new IllegalArgumentException(
          files.file(TokenizerDirectory.TOKENIZER)
              + ": post_processor must put nothing but the end of the text behind a text, got the"
              + " ids "
              + after);
    }
    return new SpecialTokens(bos, eos, ends, tokenizer.surroundings().before());
  }

  private static OptionalInt token(String name, Place config, Place map, Vocabulary vocabulary) {
    Optional<Place> stated =
        Stream.of(config, map).flatMap(file -> file.field(name).stream()).findFirst();
    if (stated.isEmpty()) {
      return OptionalInt.empty();
    }
    Place token = stated.get().isObject() ? stated.get().require("content") : stated.get();
    OptionalInt id = vocabulary.id(token.string());
    token.check(id.isPresent(), "must be a token of " + TokenizerDirectory.TOKENIZER);
    return id;
  }

  private static ImmutableSet<Integer> ends(Place generation) {
    Optional<Place> stated = generation.field("eos_token_id");
    if (stated.isEmpty()) {
      return ImmutableSet.of();
    }
    Stream<Place> ids =
        stated.get().isList() ? stated.get().elements().stream() : Stream.of(stated.get());
    return ids.map(id -> id.whole(0, Integer.MAX_VALUE)).collect(ImmutableSet.toImmutableSet());
  }

  /** Others would add tokens that only this file has; the two have to say the same instead. */
  private static void checkAddedTokens(Place config, Vocabulary vocabulary) {
    if (config.field("added_tokens_decoder").isEmpty()) {
      return;
    }
    for (Place token : config.require("added_tokens_decoder").fields()) {
      Place content = token.require("content");
      OptionalInt id = vocabulary.id(content.string());
      content.check(
          id.isPresent() && Integer.toString(id.getAsInt()).equals(token.name()),
          "must be the token that " + TokenizerDirectory.TOKENIZER + " has at id " + token.name());
    }
  }
}
