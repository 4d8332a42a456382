package org.dpo4j.api.data;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.dpo4j.api.SkipReason;

/** What stands beside a chosen and a rejected completion in columns of its own. */
final class Extras {

  /** Names that are recognised, and what they hold. */
  private static final ImmutableMap<String, String> KNOWN =
      ImmutableMap.<String, String>builder()
          .put("margin", "margin")
          .put("agreement", "agreement")
          .put("weight", "weight")
          .putAll(ratings("chosen"))
          .putAll(ratings("rejected"))
          .put("votes_chosen", "votes_chosen")
          .put("chosen_votes", "votes_chosen")
          .put("votes_rejected", "votes_rejected")
          .put("rejected_votes", "votes_rejected")
          .buildOrThrow();

  private Extras() {}

  /** The names that are recognised. */
  static ImmutableSet<String> names() {
    return KNOWN.keySet();
  }

  /** A side's rating under the names that data sets have for it. */
  private static ImmutableMap<String, String> ratings(String side) {
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    for (String word : List.of("reward", "avg_rating", "rating", "score")) {
      names.put(word + "_" + side, "score_" + side);
      names.put(side + "_" + word, "score_" + side);
      names.put(side + "-" + word, "score_" + side);
    }
    return names.buildOrThrow();
  }

  /** What a record says under names that are recognised. */
  static Judgement.Strength known(Fields record) throws SkippedException {
    ImmutableMap.Builder<String, String> columns = ImmutableMap.builder();
    for (Map.Entry<String, String> name : KNOWN.entrySet()) {
      if (record.hasNumber(name.getKey())) { // Other words than numbers are another's columns.
        columns.put(name.getValue(), name.getKey());
      }
    }
    return of(record, columns.buildKeepingLast());
  }

  /** What a record says under given names. */
  static Judgement.Strength of(Fields record, Map<String, String> columns) throws SkippedException {
    OptionalDouble margin = number(record, columns, "margin");
    require(margin.orElse(0) >= 0, "margin must be ≥ 0", margin);
    OptionalDouble weight = number(record, columns, "weight");
    require(weight.orElse(1) >= 0, "weight must be ≥ 0", weight);
    return new Judgement.Strength(
        margin,
        points(record, columns),
        agreement(record, columns),
        weight.orElse(1.0),
        tags(record));
  }

  private static OptionalDouble points(Fields record, Map<String, String> columns)
      throws SkippedException {
    OptionalDouble chosen = number(record, columns, "score_chosen");
    OptionalDouble rejected = number(record, columns, "score_rejected");
    if (chosen.isEmpty() || rejected.isEmpty()) {
      return OptionalDouble.empty();
    }
    double points = chosen.getAsDouble() - rejected.getAsDouble();
    if (points < 0) {
      throw new SkippedException(
          SkipReason.CONTRADICTED,
          String.format(
              Locale.ROOT,
              "chosen is scored %s and rejected %s",
              chosen.getAsDouble(),
              rejected.getAsDouble()));
    }
    return OptionalDouble.of(points);
  }

  private static OptionalDouble agreement(Fields record, Map<String, String> columns)
      throws SkippedException {
    OptionalDouble share = number(record, columns, "agreement");
    if (share.isPresent()) {
      double value = share.getAsDouble();
      require(value >= 0 && value <= 1, "agreement must be in [0, 1]", share);
      if (value <= 0.5) {
        throw new SkippedException(SkipReason.NO_MAJORITY, "agreement is " + value);
      }
      return share;
    }
    OptionalDouble chosen = number(record, columns, "votes_chosen");
    OptionalDouble rejected = number(record, columns, "votes_rejected");
    if (chosen.isEmpty() || rejected.isEmpty()) {
      return OptionalDouble.empty();
    }
    require(chosen.getAsDouble() >= 0, "votes must be ≥ 0", chosen);
    require(rejected.getAsDouble() >= 0, "votes must be ≥ 0", rejected);
    Votes votes = new Votes(chosen.getAsDouble(), rejected.getAsDouble());
    if (!votes.firstWins()) {
      throw new SkippedException(
          SkipReason.CONTRADICTED,
          String.format(
              Locale.ROOT,
              "%s votes are for chosen and %s for rejected",
              votes.first(),
              votes.second()));
    }
    return votes.agreement();
  }

  private static ImmutableSet<String> tags(Fields record) throws SkippedException {
    JsonElement value = Messages.parsed(record.peek("tags"));
    List<JsonElement> labels =
        value instanceof JsonArray array
            ? array.asList().stream().filter(tag -> !tag.isJsonNull()).toList()
            : List.of(value);
    if (!record.says("tags") || !labels.stream().allMatch(Extras::isTag)) {
      return ImmutableSet.of(); // Such a column means something else.
    }
    ImmutableSet.Builder<String> tags = ImmutableSet.builder();
    record.get("tags");
    for (JsonElement tag : labels) {
      tags.add(Fields.label(tag, "each of tags"));
    }
    return tags.build();
  }

  /** A word or a number, not a list or an object as another language prints it. */
  private static boolean isTag(JsonElement value) {
    return value.isJsonPrimitive() && !value.getAsString().strip().matches("(?s)[\\[{].*");
  }

  private static OptionalDouble number(Fields record, Map<String, String> columns, String what)
      throws SkippedException {
    String column = columns.get(what);
    return column == null ? OptionalDouble.empty() : record.optionalNumber(column);
  }

  private static void require(boolean condition, String rule, OptionalDouble value)
      throws SkippedException {
    if (!condition) {
      throw SkippedException.malformed(rule + ", got " + value.orElseThrow());
    }
  }
}
