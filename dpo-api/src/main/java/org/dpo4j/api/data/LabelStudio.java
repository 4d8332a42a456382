package org.dpo4j.api.data;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * Label Studio's export of a {@code Pairwise} control: {@code data} with the texts, {@code
 * annotations[].result[]} of type {@code pairwise} with {@code value.selected} of {@code left} or
 * {@code right}. Left and right are the two names of {@code to_name}, which must be those of fields
 * of {@code data}. Each annotator who selected one side is a vote.
 */
record LabelStudio() implements Format {

  @Override
  public String title() {
    return "Label Studio pairwise (data, annotations[].result[].value.selected)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.hasObject("data") && record.hasArray("annotations");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Votes votes = new Votes(0, 0);
    List<String> sides = List.of();
    for (Fields annotation : record.objects("annotations")) {
      boolean isCancelled =
          annotation.has("was_cancelled")
              && Fields.label(annotation.get("was_cancelled"), "was_cancelled").equals("true");
      if (isCancelled || !annotation.has("result")) {
        continue;
      }
      for (Fields result : annotation.objects("result")) {
        if (!result.has("type") || !result.text("type").equals("pairwise")) {
          continue;
        }
        List<String> names = names(result.get("to_name"));
        if (!sides.isEmpty() && !sides.equals(names)) {
          throw SkippedException.malformed("compares " + sides + " and " + names + " in one task");
        }
        sides = names;
        votes =
            switch (result.text("value.selected")) {
              case "left" -> votes.plusFirst();
              case "right" -> votes.plusSecond();
              default ->
                  throw Fields.wrong(
                      "value.selected", "left or right", result.get("value.selected"));
            };
      }
    }
    if (sides.isEmpty()) {
      throw new SkippedException(SkipReason.UNLABELLED, "nobody has selected a side");
    }
    Fields data = record.object("data");
    List<Judgement> read =
        Choices.of(Choices.prompt(data), side(data, sides.get(0)), side(data, sides.get(1)), votes);
    Media.refuse(data, "data");
    return read;
  }

  /** The names of the compared controls, an array or separated by commas. */
  private static ImmutableList<String> names(JsonElement value) throws SkippedException {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    if (value.isJsonArray()) {
      for (JsonElement name : value.getAsJsonArray()) {
        names.add(Fields.text(name, "to_name"));
      }
    } else {
      names.addAll(
          Splitter.on(',').trimResults().omitEmptyStrings().split(Fields.text(value, "to_name")));
    }
    if (names.build().size() != 2) {
      throw Fields.wrong("to_name", "two names", value);
    }
    return names.build();
  }

  private static Text side(Fields data, String name) throws SkippedException {
    if (!data.has(name)) {
      throw SkippedException.malformed(
          String.format(
              Locale.ROOT,
              "to_name says '%s', and data has no field of that name but %s; name the controls as"
                  + " the fields they show, or convert the export",
              name,
              data.names()));
    }
    return Texts.of(data.get(name), name);
  }
}
