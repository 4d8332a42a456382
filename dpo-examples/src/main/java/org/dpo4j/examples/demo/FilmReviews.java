package org.dpo4j.examples.demo;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;

/**
 * A world of short film reviews: half of them like the film, few of them in every word. Whether one
 * does is known for certain, by its words.
 */
final class FilmReviews {

  private static final ImmutableList<String> QUALITIES =
      ImmutableList.of("silent", "golden", "last", "distant", "paper", "winter", "crimson", "lost");
  private static final ImmutableList<String> THINGS =
      ImmutableList.of("harbour", "garden", "letter", "bridge", "summer", "orchard", "river");
  private static final ImmutableList<String> ASPECTS =
      ImmutableList.of("acting", "story", "music", "camerawork", "dialogue", "ending", "script");
  private static final ImmutableList<String> GOOD =
      ImmutableList.of("wonderful", "moving", "brilliant", "charming", "superb", "gripping");
  private static final ImmutableList<String> BAD =
      ImmutableList.of("dull", "clumsy", "tedious", "awful", "shallow", "confused");
  private static final ImmutableList<String> OPINIONS =
      ImmutableList.of("the A was O .", "i found the A O .", "it has O A .");
  private static final ImmutableList<String> ASIDES =
      ImmutableList.of(
          "it runs for two hours .", "i saw it on a rainy evening .", "the cinema was full .");
  private static final ImmutableList<String> VERDICTS =
      ImmutableList.of("a O film .", "all in all O .");

  /** How often a word agrees with the review's mood. */
  private static final double CONSISTENCY = 0.8;

  private FilmReviews() {}

  /** The prompts, one a film. */
  static ImmutableList<String> prompts() {
    return QUALITIES.stream()
        .flatMap(quality -> THINGS.stream().map(thing -> prompt(quality, thing)))
        .collect(ImmutableList.toImmutableList());
  }

  private static String prompt(String quality, String thing) {
    return String.format(Locale.ROOT, "review of the %s %s :", quality, thing);
  }

  /** A review as people write them: what goes on after a prompt. */
  static String write(Random random) {
    boolean likes = random.nextBoolean();
    StringBuilder review = new StringBuilder();
    say(review, pick(OPINIONS, random), likes, random);
    if (random.nextBoolean()) {
      say(review, pick(ASIDES, random), likes, random);
    }
    say(review, pick(OPINIONS, random), likes, random);
    say(review, pick(VERDICTS, random), likes, random);
    return review.toString();
  }

  private static void say(StringBuilder review, String sentence, boolean likes, Random random) {
    for (String word : words(sentence)) {
      review
          .append(' ')
          .append(
              switch (word) {
                case "A" -> pick(ASPECTS, random);
                case "O" -> pick(likes == random.nextDouble() < CONSISTENCY ? GOOD : BAD, random);
                default -> word;
              });
    }
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  /** The ground truth: how many words like the film, less how many don't. */
  static int score(String review) {
    int score = 0;
    for (String word : words(review)) {
      score += GOOD.contains(word) ? 1 : BAD.contains(word) ? -1 : 0;
    }
    return score;
  }

  /** Every word there is, in order. */
  static ImmutableSet<String> vocabulary() {
    TreeSet<String> words = new TreeSet<>();
    for (List<String> sentences : List.of(prompts(), OPINIONS, ASIDES, VERDICTS)) {
      sentences.forEach(sentence -> words.addAll(words(sentence)));
    }
    for (List<String> single : List.of(ASPECTS, GOOD, BAD)) {
      words.addAll(single);
    }
    return ImmutableSet.copyOf(words);
  }

  private static List<String> words(String text) {
    return Splitter.on(' ').omitEmptyStrings().splitToList(text);
  }
}
