package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;

/**
 * What a tokenizer puts around every text, by its {@code post_processor}. It is added here and not
 * by the native library, so that it is there once.
 *
 * @param before ids in front, usually of the token that begins a text
 * @param after ids behind
 */
record Surroundings(ImmutableIntArray before, ImmutableIntArray after) {

  static final Surroundings NOTHING =
      new Surroundings(ImmutableIntArray.of(), ImmutableIntArray.of());

  private static final ImmutableSet<String> TYPES =
      ImmutableSet.of(
          "ByteLevel", "TemplateProcessing", "BertProcessing", "RobertaProcessing", "Sequence");

  /**
   * Reads a post-processor.
   *
   * @param processor the object
   * @param vocabulary the tokens there are
   * @return what it adds
   * @throws IllegalArgumentException if it is of an unknown kind, or adds tokens that do not exist
   */
  static Surroundings of(Place processor, Vocabulary vocabulary) {
    Place type = processor.require("type");
    type.check(TYPES.contains(type.string()), "must be one of " + String.join(", ", TYPES));
    return switch (type.string()) {
      case "ByteLevel" -> NOTHING;
      case "TemplateProcessing" -> template(processor, vocabulary);
      case "Sequence" -> sequence(processor, vocabulary);
      default ->
          new Surroundings(
              pair(processor.require("cls"), vocabulary),
              pair(processor.require("sep"), vocabulary));
    };
  }

  private static Surroundings sequence(Place processor, Vocabulary vocabulary) {
    Surroundings all = NOTHING;
    for (Place step : processor.require("processors").elements()) {
      Surroundings one = of(step, vocabulary);
      all = new Surroundings(joined(one.before(), all.before()), joined(all.after(), one.after()));
    }
    return all;
  }

  private static Surroundings template(Place processor, Vocabulary vocabulary) {
    ImmutableIntArray.Builder before = ImmutableIntArray.builder();
    ImmutableIntArray.Builder after = ImmutableIntArray.builder();
    Place single = processor.require("single");
    boolean seen = false;
    for (Place piece : single.elements()) {
      if (piece.field("Sequence").isPresent()) {
        Place id = piece.require("Sequence").require("id");
        id.check(id.string().equals("A") && !seen, "must be A, and there once");
        seen = true;
      } else {
        Place id = piece.require("SpecialToken").require("id");
        Place ids = processor.require("special_tokens").require(id.string()).require("ids");
        for (Place one : ids.elements()) {
          (seen ? after : before).add(known(one, vocabulary));
        }
      }
    }
    single.check(seen, "must hold the Sequence A");
    return new Surroundings(before.build(), after.build());
  }

  private static ImmutableIntArray pair(Place pair, Vocabulary vocabulary) {
    ImmutableList<Place> tokenAndId = pair.elements();
    pair.check(tokenAndId.size() == 2, "must be a token and its id");
    return ImmutableIntArray.of(known(tokenAndId.get(1), vocabulary));
  }

  private static int known(Place place, Vocabulary vocabulary) {
    int id = place.whole(0, Integer.MAX_VALUE);
    place.check(vocabulary.has(id), "must be an id of the vocabulary");
    return id;
  }

  private static ImmutableIntArray joined(ImmutableIntArray first, ImmutableIntArray second) {
    return ImmutableIntArray.builder().addAll(first).addAll(second).build();
  }
}
