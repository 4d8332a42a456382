package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.core.backend.Text;

/** Thumbs; a pair is one up and one down. */
record ThumbShape() implements Shape<UnpairedExample> {

  @Override
  public String noun() {
    return "unpaired examples";
  }

  @Override
  public boolean accepts(Judgement.Kind kind) {
    return kind == Judgement.Kind.PREFERENCES || kind == Judgement.Kind.THUMBS;
  }

  @Override
  public Examples<UnpairedExample> of(Judgement judgement) throws SkippedException {
    if (judgement instanceof Judgement.Thumb thumb) {
      Shape.requireDistinct(List.of(thumb.completion()));
      return Examples.of(
          new UnpairedExample(
              "",
              thumb.prompt(),
              thumb.completion(),
              thumb.desirable(),
              thumb.weight(),
              thumb.tags()));
    }
    if (judgement instanceof Judgement.Preference preference) {
      Shape.requireDistinct(List.of(preference.chosen(), preference.rejected()));
      double weight = preference.strength().weight();
      ImmutableSet<String> tags = preference.strength().tags();
      Text prompt = preference.prompt();
      return new Examples<>(
          ImmutableList.of(
              new UnpairedExample("", prompt, preference.chosen(), true, weight, tags),
              new UnpairedExample("", prompt, preference.rejected(), false, weight, tags)),
          ImmutableList.of());
    }
    throw new IllegalStateException("no thumbs can be made of " + judgement);
  }

  @Override
  public UnpairedExample named(UnpairedExample example, String id) {
    return example.withId(id);
  }

  @Override
  public Parts parts(UnpairedExample example) {
    return new Parts(example.prompt(), ImmutableList.of(example.completion()));
  }
}
