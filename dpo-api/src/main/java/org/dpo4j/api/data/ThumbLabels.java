package org.dpo4j.api.data;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * A prompt, a completion and a {@code label} of thumbs up or down, as TRL has them for KTO, or a
 * conversation whose last turn the label, or LLaMA-Factory's {@code kto_tag}, is about.
 */
record ThumbLabels() implements Format {

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
    return Judged.hasAnswer(record) && Judged.label(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String label =
        Judged.label(record)
            .orElseThrow(
                () -> new SkippedException(SkipReason.UNLABELLED, "has none of " + Judged.LABELS));
    Judged.Answer answer = Judged.answer(record);
    return thumb(record, answer.prompt(), answer.completion(), label);
  }

  /** A judged completion in given columns. */
  static List<Judgement> thumb(Fields record, String prompt, String completion, String label)
      throws SkippedException {
    return thumb(
        record,
        Texts.of(record.get(prompt), prompt),
        Texts.of(record.get(completion), completion),
        label);
  }

  private static List<Judgement> thumb(Fields record, Text prompt, Text completion, String label)
      throws SkippedException {
    boolean isUp = isUp(record.get(label), label);
    Sides sides = Sides.of(prompt, completion, completion);
    Judgement.Strength known = Extras.known(record);
    return List.of(
        new Judgement.Thumb(sides.prompt(), sides.chosen(), isUp, known.weight(), known.tags()));
  }

  /** Whether a value is one of the words or numbers of a thumb. */
  static boolean isThumb(JsonElement value) {
    return value.isJsonPrimitive()
        && Stream.of(UP, DOWN).anyMatch(words -> words.contains(word(value)));
  }

  private static String word(JsonElement value) {
    return value.getAsString().strip().toLowerCase(Locale.ROOT);
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
}
