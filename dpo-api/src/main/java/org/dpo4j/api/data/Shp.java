package org.dpo4j.api.data;

import java.util.List;

/**
 * Stanford Human Preferences: {@code history}, {@code human_ref_A}, {@code human_ref_B}, {@code
 * labels} of 1 for A. The scores are upvotes of a forum, neither ratings nor annotators, and are
 * left alone.
 */
record Shp() implements Format {

  @Override
  public String title() {
    return "SHP (history, human_ref_A, human_ref_B, labels)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.has("history", "human_ref_A", "human_ref_B", "labels");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    double label = record.number("labels");
    if (label != 0 && label != 1) {
      throw Fields.wrong("labels", "0 or 1", record.get("labels"));
    }
    return Choices.of(
        Texts.of(record.get("history"), "history"),
        Texts.of(record.get("human_ref_A"), "human_ref_A"),
        Texts.of(record.get("human_ref_B"), "human_ref_B"),
        Choices.vote(label == 1));
  }
}
