package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.api.data.Columns;

/**
 * The columns that {@code --columns} names by their roles. Which roles there are says what the data
 * is: {@code chosen} and {@code rejected} pairs, {@code first} and {@code second} a choice, {@code
 * completion1}, {@code rating1} and on ratings, {@code completion} with {@code rating}, {@code
 * label} or nothing a rating, a thumb or a demonstration.
 */
final class NamedColumns {

  /** For the option's help. */
  static final String ROLES =
      "of pairs prompt (or none), chosen, rejected, and perhaps margin, agreement, weight, score_chosen and"
          + " score_rejected, votes_chosen and votes_rejected; of a choice prompt, first, second, label, and"
          + " first_wins and second_wins, the labels; of ratings prompt, completion1, rating1, completion2, rating2,"
          + " …; of one completion prompt, completion, and rating, or label for thumbs, or neither for"
          + " demonstrations; of any of them system";

  private final Map<String, String> given;
  private final Map<String, String> left;

  private NamedColumns(Map<String, String> given) {
    this.given = given;
    this.left = new LinkedHashMap<>(given);
  }

  /**
   * The columns.
   *
   * @param roles column by role
   * @throws IllegalArgumentException if a role is missing, unknown or belongs to something else
   */
  static Columns of(Map<String, String> roles) {
    NamedColumns named = new NamedColumns(roles);
    String system = named.left.remove("system");
    Columns columns = named.columns();
    if (!named.left.isEmpty()) {
      throw new IllegalArgumentException(
          "--columns has no use for "
              + named.left.keySet()
              + " beside "
              + roles.keySet().stream().filter(role -> !named.left.containsKey(role)).toList()
              + "; it knows "
              + ROLES);
    }
    return system == null ? columns : columns.withSystem(system);
  }

  private Columns columns() {
    if (given.containsKey("chosen") || given.containsKey("rejected")) {
      return pair();
    }
    if (given.containsKey("first") || given.containsKey("second")) {
      return Columns.choice(
          take("prompt"),
          take("first"),
          take("second"),
          take("label"),
          take("first_wins"),
          take("second_wins"));
    }
    if (given.containsKey("completion1")) {
      return ratings();
    }
    String prompt = take("prompt");
    String completion = take("completion");
    if (given.containsKey("label")) {
      return new Columns.Thumbs(prompt, completion, take("label"));
    }
    return given.containsKey("rating")
        ? new Columns.Rating(prompt, completion, take("rating"))
        : new Columns.Demonstration(prompt, completion);
  }

  private Columns pair() {
    String prompt = left.remove("prompt");
    String chosen = take("chosen");
    String rejected = take("rejected");
    Columns.Pair pair =
        prompt == null ? Columns.pair(chosen, rejected) : Columns.pair(prompt, chosen, rejected);
    for (String extra : List.of("margin", "agreement", "weight")) {
      String column = left.remove(extra);
      if (column != null) {
        pair =
            switch (extra) {
              case "margin" -> pair.margin(column);
              case "agreement" -> pair.agreement(column);
              default -> pair.weight(column);
            };
      }
    }
    if (given.containsKey("score_chosen") || given.containsKey("score_rejected")) {
      pair = pair.scores(take("score_chosen"), take("score_rejected"));
    }
    return given.containsKey("votes_chosen") || given.containsKey("votes_rejected")
        ? pair.votes(take("votes_chosen"), take("votes_rejected"))
        : pair;
  }

  private Columns ratings() {
    String prompt = take("prompt");
    ImmutableList.Builder<String> completions = ImmutableList.builder();
    ImmutableList.Builder<String> ratings = ImmutableList.builder();
    for (int i = 1; given.containsKey("completion" + i); i++) {
      completions.add(take("completion" + i));
      ratings.add(take("rating" + i));
    }
    return new Columns.Ratings(prompt, completions.build(), ratings.build());
  }

  private String take(String role) {
    String column = left.remove(role);
    if (column == null) {
      throw new IllegalArgumentException(
          "--columns must name '" + role + "' beside " + given.keySet() + "; it knows " + ROLES);
    }
    return column;
  }
}
