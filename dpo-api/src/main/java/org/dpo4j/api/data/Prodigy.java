package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * Prodigy's {@code choice}: {@code text} or {@code prompt}, {@code options[]} of {@code id} and
 * {@code text}, the ids of {@code accept[]}, and {@code answer}. Each accepted option is preferred
 * to each that was not. Written from memory of Prodigy's format.
 */
record Prodigy() implements Format {

  private static final int MAX_OPTIONS = 256;

  @Override
  public String title() {
    return "Prodigy choice (options, accept, answer)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.hasArray("options") && (record.has("accept") || record.has("answer"));
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (record.has("answer") && !record.text("answer").equals("accept")) {
      throw new SkippedException(
          SkipReason.UNLABELLED, "the answer is '" + record.text("answer") + "'");
    }
    Set<String> accepted = new HashSet<>();
    if (record.has("accept")) {
      for (JsonElement id : record.array("accept")) {
        accepted.add(Fields.label(id, "accept"));
      }
    }
    ImmutableList.Builder<Text> chosen = ImmutableList.builder();
    ImmutableList.Builder<Text> rejected = ImmutableList.builder();
    int matched = 0;
    for (Fields option : record.objects("options")) {
      boolean isAccepted = accepted.contains(Fields.label(option.get("id"), "id"));
      matched += isAccepted ? 1 : 0;
      (isAccepted ? chosen : rejected).add(Texts.of(option.get("text"), "text of an option"));
    }
    if (accepted.isEmpty()) {
      throw new SkippedException(SkipReason.UNLABELLED, "no option was accepted");
    }
    if (matched != accepted.size()) {
      throw SkippedException.malformed("accept has an id that no option has");
    }
    String column = record.has("prompt") ? "prompt" : "text";
    Text prompt = Texts.of(record.get(column), column);
    if (record.array("options").size() > MAX_OPTIONS) {
      throw SkippedException.malformed("must have at most " + MAX_OPTIONS + " options");
    }
    ImmutableList.Builder<Judgement> pairs = ImmutableList.builder();
    for (Text better : chosen.build()) {
      for (Text worse : rejected.build()) {
        Sides sides = Sides.of(prompt, better, worse);
        pairs.add(
            new Judgement.Preference(
                sides.prompt(), sides.chosen(), sides.rejected(), Judgement.Strength.UNKNOWN));
      }
    }
    if (pairs.build().isEmpty()) {
      throw new SkippedException(SkipReason.TIED, "every option was accepted");
    }
    return pairs.build();
  }
}
