package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;

/**
 * Argilla 2, flattened: for a question {@code q} the columns {@code q.responses} and {@code
 * q.responses.status}, one element an annotator. Answers are names of fields of the record, or
 * rankings of such names. Only what was submitted counts; suggestions do not.
 */
record Argilla2() implements Format {

  private static final String RESPONSES = ".responses";

  @Override
  public String title() {
    return "Argilla 2 (question.responses, question.responses.status)";
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

  /** The first question whose answers are about fields of the record. */
  private static Optional<String> question(Fields record) {
    return record.names().stream()
        .filter(name -> name.endsWith(RESPONSES) && record.hasArray(name))
        .map(name -> name.substring(0, name.length() - RESPONSES.length()))
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
    List<JsonElement> answers = record.array(question + RESPONSES);
    String column = question + ".responses.status";
    if (!record.has(column)) {
      return answers;
    }
    List<JsonElement> statuses = record.array(column);
    if (statuses.size() != answers.size()) {
      throw SkippedException.malformed("'" + column + "' must have an element for each response");
    }
    ImmutableList.Builder<JsonElement> submitted = ImmutableList.builder();
    for (int i = 0; i < answers.size(); i++) {
      if (Fields.text(statuses.get(i), column).equals("submitted")
          && !answers.get(i).isJsonNull()) {
        submitted.add(answers.get(i));
      }
    }
    return submitted.build();
  }
}
