package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;

/**
 * Argilla 1: for a question {@code q} a column {@code q} of {@code user_id}, {@code value}, {@code
 * status}, one element an annotator. Answers are as in {@link Argilla2}.
 */
record Argilla1() implements Format {

  @Override
  public String title() {
    return "Argilla 1 (question[].value, question[].status)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    return question(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Optional<String> question = question(record);
    if (question.isEmpty()) {
      throw new SkippedException(
          SkipReason.UNLABELLED, "no question has answers that name fields of the record");
    }
    return Verdicts.read(record, submitted(record, question.get()));
  }

  private static Optional<String> question(Fields record) {
    return record.names().stream()
        .filter(record::hasArray)
        .filter(
            name -> {
              try {
                return Verdicts.areAbout(record, submitted(record, name));
              } catch (SkippedException e) {
                return false;
              }
            })
        .findFirst();
  }

  private static List<JsonElement> submitted(Fields record, String question)
      throws SkippedException {
    ImmutableList.Builder<JsonElement> submitted = ImmutableList.builder();
    for (Fields response : record.objects(question)) {
      if (response.has("value", "status") && response.text("status").equals("submitted")) {
        submitted.add(response.get("value"));
      }
    }
    return submitted.build();
  }
}
