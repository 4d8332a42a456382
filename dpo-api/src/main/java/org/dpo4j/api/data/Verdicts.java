package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * Annotators' answers to a question about fields of the same record, as in Argilla: the name of the
 * better field, or a ranking of all.
 */
final class Verdicts {

  private Verdicts() {}

  /** Whether an answer can be read: it names fields of the record. */
  static boolean areAbout(Fields record, List<JsonElement> answers) {
    return answers.stream().anyMatch(answer -> names(record, answer));
  }

  /** What the answers of all annotators together say. */
  static List<Judgement> read(Fields record, List<JsonElement> answers) throws SkippedException {
    if (answers.isEmpty()) {
      throw new SkippedException(SkipReason.UNLABELLED, "nobody has submitted an answer");
    }
    return answers.get(0).isJsonArray() ? ranking(record, answers) : choice(record, answers);
  }

  private static boolean names(Fields record, JsonElement answer) {
    if (Fields.isText(answer)) {
      return record.has(answer.getAsString()) && otherOf(record, answer.getAsString()).size() == 1;
    }
    try {
      return answer.isJsonArray()
          && answer.getAsJsonArray().size() >= 2
          && ranks(answer).keySet().stream().allMatch(record::has);
    } catch (SkippedException e) {
      return false;
    }
  }

  /** A vote an annotator, for one of two fields that differ by their last sign, as a and b do. */
  private static List<Judgement> choice(Fields record, List<JsonElement> answers)
      throws SkippedException {
    String first = "";
    Votes votes = new Votes(0, 0);
    for (JsonElement answer : answers) {
      String name = Fields.text(answer, "answer");
      if (!record.has(name)) {
        continue; // "Both are bad" and the like.
      }
      first = first.isEmpty() ? name : first;
      votes = name.equals(first) ? votes.plusFirst() : votes.plusSecond();
    }
    if (first.isEmpty()) {
      throw new SkippedException(SkipReason.TIED, "nobody has preferred one of the two");
    }
    List<String> others = otherOf(record, first);
    if (others.size() != 1) {
      throw SkippedException.malformed(
          "'"
              + first
              + "' was preferred, and what it was compared with can't be said from "
              + record.names());
    }
    return Choices.of(
        Choices.prompt(record),
        Texts.of(record.get(first), first),
        Texts.of(record.get(others.get(0)), others.get(0)),
        votes);
  }

  /** The fields whose names differ from one's by their last sign only. */
  private static List<String> otherOf(Fields record, String name) {
    String stem = name.substring(0, Math.max(0, name.length() - 1));
    return stem.isEmpty()
        ? List.of()
        : record.names().stream()
            .filter(
                other ->
                    other.length() == name.length()
                        && other.startsWith(stem)
                        && !other.equals(name)
                        && record.has(other))
            .toList();
  }

  /** Completions with the mean of the ranks they were given. */
  private static List<Judgement> ranking(Fields record, List<JsonElement> answers)
      throws SkippedException {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (JsonElement answer : answers) {
      Map<String, Double> ranks = ranks(answer);
      if (!sums.isEmpty() && !sums.keySet().equals(ranks.keySet())) {
        throw SkippedException.malformed("annotators have ranked different fields");
      }
      ranks.forEach((name, rank) -> sums.merge(name, rank, Double::sum));
    }
    List<Text> completions = new ArrayList<>();
    List<Double> ranks = new ArrayList<>();
    for (Map.Entry<String, Double> sum : sums.entrySet()) {
      completions.add(Texts.of(record.get(sum.getKey()), sum.getKey()));
      ranks.add(sum.getValue() / answers.size());
    }
    return ImmutableList.of(Judgement.Scores.ranks(Choices.prompt(record), completions, ranks));
  }

  /** Names with ranks, or names in order. */
  private static Map<String, Double> ranks(JsonElement answer) throws SkippedException {
    if (!answer.isJsonArray()) {
      throw Fields.wrong("answer", "an array", answer);
    }
    Map<String, Double> ranks = new LinkedHashMap<>();
    for (JsonElement element : answer.getAsJsonArray()) {
      boolean isName = Fields.isText(element);
      String name = isName ? element.getAsString() : Fields.object(element, "answer").text("value");
      double rank = isName ? ranks.size() + 1.0 : Fields.object(element, "answer").number("rank");
      if (ranks.put(name, rank) != null) {
        throw SkippedException.malformed("'" + name + "' is ranked twice");
      }
    }
    return ranks;
  }
}
