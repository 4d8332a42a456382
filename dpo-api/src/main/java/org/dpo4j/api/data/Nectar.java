package org.dpo4j.api.data;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.Text;

/** Nectar: {@code prompt} and {@code answers[]} of {@code answer} and {@code rank}, 1 the best. */
record Nectar() implements Format {

  @Override
  public String title() {
    return "Nectar (prompt, answers[].answer, answers[].rank)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    try {
      return record.has("prompt")
          && record.hasArray("answers")
          && !record.array("answers").isEmpty()
          && record.objects("answers").get(0).has("answer", "rank");
    } catch (SkippedException e) {
      return false;
    }
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    List<Text> answers = new ArrayList<>();
    List<Double> ranks = new ArrayList<>();
    for (Fields answer : record.objects("answers")) {
      answers.add(Texts.of(answer.get("answer"), "answer"));
      ranks.add(answer.number("rank"));
    }
    return List.of(
        Judgement.Scores.ranks(Texts.of(record.get("prompt"), "prompt"), answers, ranks));
  }
}
