package org.dpo4j.api.data;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * UltraFeedback before it was made pairs of: {@code instruction} and {@code completions[]} of
 * {@code response} and {@code overall_score}. The pairs made of it are {@link Explicit}.
 */
record UltraFeedback() implements Format {

  @Override
  public String title() {
    return "UltraFeedback (instruction, completions[].response, completions[].overall_score)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    try {
      return !ScoredLists.isLabelled(record)
          && record.has("instruction")
          && record.hasArray("completions")
          && !record.array("completions").isEmpty()
          && record.objects("completions").get(0).has("response", "overall_score");
    } catch (SkippedException e) {
      return false;
    }
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    List<Text> responses = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (Fields completion : record.objects("completions")) {
      if (completion.has("response", "overall_score")) {
        responses.add(Texts.of(completion.get("response"), "response"));
        scores.add(completion.number("overall_score"));
      }
    }
    return List.of(
        Judgement.Scores.ratings(
            Texts.of(record.get("instruction"), "instruction"), responses, scores));
  }
}
