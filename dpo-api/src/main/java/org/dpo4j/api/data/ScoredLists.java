package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * A prompt, a list of completions, and a list of scores (or of ranks, 1 the best) as long; or one
 * list of objects that hold both. A completion without a number (distilabel's failures) is left out
 * of the comparison. Where {@code chosen} and {@code rejected} stand beside, they are the labels,
 * and the lists only where they came from.
 */
record ScoredLists() implements Format {

  private static final ImmutableList<String> LISTS =
      ImmutableList.of("responses", "completions", "generations", "answers");
  private static final ImmutableList<String> SCORES =
      ImmutableList.of("scores", "ratings", "rewards", "score", "rating", "reward");
  private static final ImmutableList<String> RANKS = ImmutableList.of("ranks", "rankings", "rank");
  private static final ImmutableList<String> TEXTS =
      ImmutableList.of("text", "response", "completion", "content", "answer", "generation");
  private static final ImmutableList<String> SCORE = ImmutableList.of("score", "rating", "reward");

  @Override
  public String title() {
    return "scored completions (prompt, responses[], scores[] or ranks[])";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    Optional<String> list = first(LISTS, record::hasArray);
    if (Choices.promptColumn(record).isEmpty() || list.isEmpty() || isLabelled(record)) {
      return false;
    }
    if (first(SCORES, record::hasArray).isPresent() || first(RANKS, record::hasArray).isPresent()) {
      return true;
    }
    try {
      List<Fields> objects = record.objects(list.get());
      return !objects.isEmpty()
          && first(TEXTS, objects.get(0)::has).isPresent()
          && (first(SCORE, objects.get(0)::has).isPresent() || objects.get(0).has("rank"));
    } catch (SkippedException e) {
      return false;
    }
  }

  /** Whether columns say what was chosen, be it that this record's are empty. */
  static boolean isLabelled(Fields record) {
    return record.names().containsAll(List.of("chosen", "rejected"))
        && (!record.has("chosen", "rejected") || Explicit.canBePair(record));
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (first(LISTS, record::hasArray).isEmpty()) {
      throw new SkippedException(SkipReason.UNLABELLED, "has none of " + LISTS);
    }
    String list = required(LISTS, record::hasArray);
    Optional<String> scores = first(SCORES, record::hasArray);
    Optional<String> ranks = first(RANKS, record::hasArray);
    return scores.isPresent() || ranks.isPresent()
        ? beside(record, list, scores.isPresent() ? scores.get() : ranks.get(), scores.isPresent())
        : within(record, record.objects(list));
  }

  private static List<Judgement> beside(
      Fields record, String list, String numbers, boolean areScores) throws SkippedException {
    List<JsonElement> values = record.array(numbers);
    List<JsonElement> elements = record.array(list);
    if (values.size() != elements.size()) {
      throw SkippedException.malformed(
          String.format(
              Locale.ROOT,
              "'%s' must have an element for each of the %d %s, got %d",
              numbers,
              elements.size(),
              list,
              values.size()));
    }
    List<Text> completions = new ArrayList<>();
    List<Double> read = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).isJsonNull() && !elements.get(i).isJsonNull()) {
        completions.add(Texts.of(elements.get(i), "each of " + list));
        read.add(Fields.number(values.get(i), "each of " + numbers));
      }
    }
    return judgement(record, completions, read, areScores);
  }

  private static List<Judgement> within(Fields record, List<Fields> objects)
      throws SkippedException {
    if (objects.isEmpty()) {
      throw new SkippedException(SkipReason.EMPTY, "has no completions");
    }
    String text = required(TEXTS, objects.get(0)::has);
    Optional<String> score = first(SCORE, objects.get(0)::has);
    List<Text> completions = new ArrayList<>();
    List<Double> read = new ArrayList<>();
    for (Fields object : objects) {
      String number = score.orElse("rank");
      if (object.has(text, number)) {
        completions.add(Texts.of(object.get(text), text));
        read.add(object.number(number));
      }
    }
    return judgement(record, completions, read, score.isPresent());
  }

  private static List<Judgement> judgement(
      Fields record, List<Text> completions, List<Double> numbers, boolean areScores)
      throws SkippedException {
    Text prompt = Choices.prompt(record);
    return List.of(
        areScores
            ? Judgement.Scores.ratings(prompt, completions, numbers)
            : Judgement.Scores.ranks(prompt, completions, numbers));
  }

  private static Optional<String> first(List<String> names, Predicate<String> isThere) {
    return names.stream().filter(isThere).findFirst();
  }

  private static String required(List<String> names, Predicate<String> isThere)
      throws SkippedException {
    return first(names, isThere)
        .orElseThrow(() -> SkippedException.malformed("has none of " + names));
  }
}
