package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.core.math.Check;

/**
 * Which columns hold what, for data whose names are not recognised or should be read otherwise. A
 * name may be a path, {@code meta.votes.first}, into objects.
 */
public sealed interface Columns {

  /**
   * A chosen and a rejected completion, each in its column.
   *
   * @param prompt text or messages; empty if both completions begin with the prompt
   * @param chosen text or messages
   * @param rejected text or messages
   * @param extras what else is known, by {@code margin}, {@code agreement}, {@code weight}, {@code
   *     score_chosen}, {@code score_rejected}, {@code votes_chosen}, {@code votes_rejected}
   */
  record Pair(
      Optional<String> prompt, String chosen, String rejected, ImmutableMap<String, String> extras)
      implements Columns {

    /**
     * With margins, in nats.
     *
     * @param column numbers ≥ 0
     * @return the changed columns
     */
    public Pair margin(String column) {
      return with(Map.of("margin", column));
    }

    /**
     * With shares of annotators who agree.
     *
     * @param column numbers in (½, 1]
     * @return the changed columns
     */
    public Pair agreement(String column) {
      return with(Map.of("agreement", column));
    }

    /**
     * With weights.
     *
     * @param column numbers ≥ 0
     * @return the changed columns
     */
    public Pair weight(String column) {
      return with(Map.of("weight", column));
    }

    /**
     * With ratings, whose difference is kept, and made a margin by {@link PreferenceFiles#margins}.
     *
     * @param ofChosen numbers
     * @param ofRejected numbers
     * @return the changed columns
     */
    public Pair scores(String ofChosen, String ofRejected) {
      return with(Map.of("score_chosen", ofChosen, "score_rejected", ofRejected));
    }

    /**
     * With numbers of annotators, whose shares become the agreement.
     *
     * @param forChosen whole numbers ≥ 0
     * @param forRejected whole numbers ≥ 0
     * @return the changed columns
     */
    public Pair votes(String forChosen, String forRejected) {
      return with(Map.of("votes_chosen", forChosen, "votes_rejected", forRejected));
    }

    private Pair with(Map<String, String> more) {
      Map<String, String> all = new LinkedHashMap<>(extras);
      all.putAll(more);
      return new Pair(prompt, chosen, rejected, ImmutableMap.copyOf(all));
    }
  }

  /**
   * Two completions and who was preferred.
   *
   * @param prompt text or messages
   * @param first text or messages
   * @param second text or messages
   * @param label whom the annotator preferred; an array of labels is one of several annotators'
   * @param firstWins the label of those for the first
   * @param secondWins the label of those for the second; any other label is for neither
   */
  record Choice(
      String prompt, String first, String second, String label, String firstWins, String secondWins)
      implements Columns {

    /** Checks that the labels differ. */
    public Choice {
      Check.that(
          !firstWins.equals(secondWins),
          "firstWins and secondWins must differ, got '%s' twice",
          firstWins);
    }
  }

  /**
   * Completions with ratings, the higher the better.
   *
   * @param prompt text or messages
   * @param completions one column a completion, at least two
   * @param ratings one column a completion
   */
  record Ratings(String prompt, ImmutableList<String> completions, ImmutableList<String> ratings)
      implements Columns {

    /** Checks that there is a rating for each. */
    public Ratings {
      Check.that(
          completions.size() >= 2 && completions.size() == ratings.size(),
          "there must be at least two columns of completions and as many of ratings, got %d and %d",
          completions.size(),
          ratings.size());
    }
  }

  /**
   * One completion with a rating, the higher the better. Completions of one prompt, which are
   * records of their own anywhere in a file, are compared.
   *
   * @param prompt text or messages
   * @param completion text or messages
   * @param rating a number; a record without one is skipped
   */
  record Rating(String prompt, String completion, String rating) implements Columns {}

  /**
   * One completion and whether it was liked.
   *
   * @param prompt text or messages
   * @param completion text or messages
   * @param label a boolean, 0 or 1, or words such as {@code up} and {@code down}
   */
  record Thumbs(String prompt, String completion, String label) implements Columns {}

  /**
   * One completion, to be imitated.
   *
   * @param prompt text or messages
   * @param completion text or messages
   */
  record Demonstration(String prompt, String completion) implements Columns {}

  /**
   * Columns with one of system texts, which make chats of all: what the prompt says becomes the
   * user's turn, completions the assistant's. A blank text is no turn.
   *
   * @param columns the others
   * @param system texts
   */
  record WithSystem(Columns columns, String system) implements Columns {

    /** Checks that there is only one. */
    public WithSystem {
      Check.that(
          !(columns instanceof WithSystem),
          "there must be one column of system texts, got another beside '%s'",
          system);
    }
  }

  /**
   * With system texts ahead of prompts.
   *
   * @param column texts
   * @return the columns, read as chats
   * @throws IllegalArgumentException if there is one already
   */
  default Columns withSystem(String column) {
    return new WithSystem(this, column);
  }

  /**
   * A prompt with a chosen and a rejected completion.
   *
   * @param prompt a column of texts or messages
   * @param chosen a column of texts or messages
   * @param rejected a column of texts or messages
   * @return the columns, to which margins and the like can be added
   */
  static Pair pair(String prompt, String chosen, String rejected) {
    return new Pair(Optional.of(prompt), chosen, rejected, ImmutableMap.of());
  }

  /**
   * Two completions that begin with their prompt. Texts are cut before the last white space of what
   * they have in common, transcripts of HH at the turn, chats at the message.
   *
   * @param chosen a column of texts or messages
   * @param rejected a column of texts or messages
   * @return the columns
   */
  static Pair pair(String chosen, String rejected) {
    return new Pair(Optional.empty(), chosen, rejected, ImmutableMap.of());
  }

  /**
   * A prompt with two completions and a label: {@code choice("question", "a", "b", "winner", "A",
   * "B")}.
   *
   * @param prompt a column of texts or messages
   * @param first a column of texts or messages
   * @param second a column of texts or messages
   * @param label a column of labels, or of arrays of labels
   * @param firstWins the label that prefers the first
   * @param secondWins the label that prefers the second
   * @return the columns
   * @throws IllegalArgumentException if the labels are the same
   */
  static Choice choice(
      String prompt,
      String first,
      String second,
      String label,
      String firstWins,
      String secondWins) {
    return new Choice(prompt, first, second, label, firstWins, secondWins);
  }
}
