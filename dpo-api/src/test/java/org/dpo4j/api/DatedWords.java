package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;

/** The toy's words behind one that tells the day, as some chat templates do. */
record DatedWords(Optional<LocalDate> date) implements Tokenizer {

  @Override
  public PromptGroup encode(Text prompt, List<Text> completions) {
    LocalDate day = date.orElseGet(() -> LocalDate.now(ZoneId.systemDefault()));
    PromptGroup group = Toy.WORDS.encode(prompt, completions);
    return PromptGroup.of(
        ImmutableIntArray.builder()
            .add(2 + (int) (day.toEpochDay() % 9))
            .addAll(group.prompt())
            .build(),
        group.completions());
  }

  @Override
  public boolean writesDate() {
    return true;
  }

  @Override
  public Tokenizer asOf(LocalDate newDate) {
    return new DatedWords(Optional.of(newDate));
  }

  @Override
  public String decode(ImmutableIntArray ids) {
    return Toy.WORDS.decode(ids);
  }
}
