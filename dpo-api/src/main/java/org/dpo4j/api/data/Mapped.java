package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * Columns that the user has named.
 *
 * @param columns the names
 */
record Mapped(Columns columns) implements Format {

  @Override
  public String title() {
    return "columns as named " + required();
  }

  @Override
  public Judgement.Kind kind() {
    if (named() instanceof Columns.Thumbs) {
      return Judgement.Kind.THUMBS;
    }
    if (named() instanceof Columns.Demonstration) {
      return Judgement.Kind.DEMONSTRATIONS;
    }
    return named() instanceof Columns.Ratings || named() instanceof Columns.Rating
        ? Judgement.Kind.SCORES
        : Judgement.Kind.PREFERENCES;
  }

  /** Whether a record has one rated completion, to be compared with those of others. */
  boolean isGrouped() {
    return named() instanceof Columns.Rating;
  }

  @Override
  public boolean matches(Fields record) {
    return lacking(record).isEmpty();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (columns instanceof Columns.WithSystem with) {
      return withSystem(record, with);
    }
    if (named() instanceof Columns.Pair pair) {
      return pair(record, pair);
    }
    if (named() instanceof Columns.Choice choice) {
      return Choices.of(
          text(record, choice.prompt()),
          text(record, choice.first()),
          text(record, choice.second()),
          votes(record, choice));
    }
    if (named() instanceof Columns.Ratings ratings) {
      List<Text> completions = new ArrayList<>();
      List<Double> numbers = new ArrayList<>();
      for (int i = 0; i < ratings.completions().size(); i++) {
        completions.add(text(record, ratings.completions().get(i)));
        numbers.add(record.number(ratings.ratings().get(i)));
      }
      return List.of(
          Judgement.Scores.ratings(text(record, ratings.prompt()), completions, numbers));
    }
    if (named() instanceof Columns.Rating rating) {
      return RatedRows.rating(record, rating.prompt(), rating.completion(), rating.rating());
    }
    if (named() instanceof Columns.Demonstration demonstration) {
      return Demonstrated.demonstration(
          record, text(record, demonstration.prompt()), text(record, demonstration.completion()));
    }
    Columns.Thumbs thumbs = (Columns.Thumbs) named();
    return ThumbLabels.thumb(record, thumbs.prompt(), thumbs.completion(), thumbs.label());
  }

  /** The named columns that a record has not. */
  List<String> lacking(Fields record) {
    List<String> lacking =
        new ArrayList<>(required().stream().filter(name -> !record.has(name)).toList());
    if (columns instanceof Columns.WithSystem with && !hasSystem(record, with)) {
      lacking.add(with.system());
    }
    return lacking;
  }

  private static boolean hasSystem(Fields record, Columns.WithSystem with) {
    return record.names().contains(with.system()) || record.has(with.system());
  }

  /** What is read, without what goes ahead of it. */
  private Columns named() {
    return columns instanceof Columns.WithSystem with ? with.columns() : columns;
  }

  private static List<Judgement> withSystem(Fields record, Columns.WithSystem with)
      throws SkippedException {
    String system = record.hasText(with.system()) ? record.text(with.system()) : "";
    List<Judgement> chats = new ArrayList<>();
    for (Judgement judgement : new Mapped(with.columns()).read(record)) {
      Judgement chat = Chats.of(judgement);
      chats.add(system.isBlank() ? chat : Chats.withSystem(chat, system));
    }
    return chats;
  }

  /** The columns without which there is nothing to read. */
  ImmutableList<String> required() {
    if (named() instanceof Columns.Pair pair) {
      return Stream.concat(
              pair.prompt().stream(),
              Stream.concat(
                  Stream.of(pair.chosen(), pair.rejected()), pair.extras().values().stream()))
          .collect(ImmutableList.toImmutableList());
    }
    if (named() instanceof Columns.Choice choice) {
      return ImmutableList.of(choice.prompt(), choice.first(), choice.second(), choice.label());
    }
    if (named() instanceof Columns.Ratings ratings) {
      return ImmutableList.<String>builder()
          .add(ratings.prompt())
          .addAll(ratings.completions())
          .addAll(ratings.ratings())
          .build();
    }
    if (named() instanceof Columns.Rating rating) {
      return ImmutableList.of(rating.prompt(), rating.completion(), rating.rating());
    }
    if (named() instanceof Columns.Demonstration demonstration) {
      return ImmutableList.of(demonstration.prompt(), demonstration.completion());
    }
    Columns.Thumbs thumbs = (Columns.Thumbs) named();
    return ImmutableList.of(thumbs.prompt(), thumbs.completion(), thumbs.label());
  }

  private static List<Judgement> pair(Fields record, Columns.Pair pair) throws SkippedException {
    Judgement.Strength strength = Extras.of(record, pair.extras());
    Text chosen = text(record, pair.chosen());
    Text rejected = text(record, pair.rejected());
    Sides sides;
    if (pair.prompt().isPresent()) {
      sides = Sides.of(text(record, pair.prompt().get()), chosen, rejected);
    } else if (chosen instanceof Text.Plain first
        && rejected instanceof Text.Plain second
        && !Transcripts.isTranscript(first.text())) {
      sides = Transcripts.words(first.text(), second.text());
    } else {
      sides = Sides.of(chosen, rejected);
    }
    return List.of(
        new Judgement.Preference(sides.prompt(), sides.chosen(), sides.rejected(), strength));
  }

  private static Votes votes(Fields record, Columns.Choice choice) throws SkippedException {
    JsonElement value = record.get(choice.label());
    List<JsonElement> labels =
        value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value);
    Votes votes = new Votes(0, 0);
    boolean isLabelled = false;
    for (JsonElement element : labels) {
      String label = Fields.label(element, choice.label());
      isLabelled |= !label.isEmpty();
      if (label.equals(choice.firstWins())) {
        votes = votes.plusFirst();
      } else if (label.equals(choice.secondWins())) {
        votes = votes.plusSecond();
      }
    }
    if (isLabelled && votes.equals(new Votes(0, 0))) {
      throw new SkippedException(
          SkipReason.TIED,
          String.format(
              Locale.ROOT,
              "'%s' is neither '%s' nor '%s'",
              choice.label(),
              choice.firstWins(),
              choice.secondWins()));
    }
    return votes;
  }

  private static Text text(Fields record, String column) throws SkippedException {
    return Texts.of(record.get(column), column);
  }
}
