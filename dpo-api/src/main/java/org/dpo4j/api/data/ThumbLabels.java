package org.dpo4j.api.data;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.api.SkipReason;

/**
 * {@code prompt}, {@code completion} and a {@code label} of thumbs up or down, as TRL has them for
 * KTO.
 */
record ThumbLabels() implements Format {

  private static final List<String> LABELS = List.of("label", "thumbs", "feedback");
  private static final ImmutableSet<String> UP =
      ImmutableSet.of(
          "true",
          "1",
          "up",
          "thumbs up",
          "thumbs_up",
          "good",
          "like",
          "desirable",
          "positive",
          "👍");
  private static final ImmutableSet<String> DOWN =
      ImmutableSet.of(
          "false",
          "0",
          "down",
          "thumbs down",
          "thumbs_down",
          "bad",
          "dislike",
          "undesirable",
          "negative",
          "👎");

  @Override
  public String title() {
    return "thumbs (prompt, completion, label)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.THUMBS;
  }

  @Override
  public boolean matches(Fields record) {
    return record.has("prompt", "completion") && label(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String label =
        label(record)
            .orElseThrow(
                () -> new SkippedException(SkipReason.UNLABELLED, "has none of " + LABELS));
    return thumb(record, "prompt", "completion", label);
  }

  /** A judged completion in given columns. */
  static List<Judgement> thumb(Fields record, String prompt, String completion, String label)
      throws SkippedException {
    boolean isUp = isUp(record.get(label), label);
    Sides sides =
        Sides.of(
            Texts.of(record.get(prompt), prompt),
            Texts.of(record.get(completion), completion),
            Texts.of(record.get(completion), completion));
    return List.of(new Judgement.Thumb(sides.prompt(), sides.chosen(), isUp));
  }

  private static boolean isUp(JsonElement value, String name) throws SkippedException {
    String label = Fields.label(value, name).toLowerCase(Locale.ROOT);
    if (label.isEmpty()) {
      throw new SkippedException(SkipReason.UNLABELLED, "'" + name + "' is blank");
    }
    if (!UP.contains(label) && !DOWN.contains(label)) {
      throw Fields.wrong(name, "one of " + UP + " or " + DOWN, value);
    }
    return UP.contains(label);
  }

  private static Optional<String> label(Fields record) {
    return record.first(LABELS);
  }
}
