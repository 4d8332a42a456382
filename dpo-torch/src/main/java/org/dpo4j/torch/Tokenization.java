package org.dpo4j.torch;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import org.dpo4j.core.backend.Boundary;
import org.dpo4j.torch.internal.tokenizer.ModelTokenizer;

/**
 * How a model's texts become ids, as far as its files leave a choice.
 *
 * @param boundary what becomes of plain prompts whose last token changes before a completion; by
 *     default they are refused
 * @param date what chat templates write that tell the model the day; by default the day it is, and
 *     for a training run the day it began
 */
public record Tokenization(Boundary boundary, Optional<LocalDate> date) {

  /**
   * The defaults.
   *
   * @return strict, and as of today
   */
  public static Tokenization standard() {
    return new Tokenization(Boundary.STRICT, Optional.empty());
  }

  /**
   * The same with another rule for plain prompts.
   *
   * @param newBoundary the rule
   * @return the settings
   */
  public Tokenization boundary(Boundary newBoundary) {
    return new Tokenization(newBoundary, date);
  }

  /**
   * The same with texts as they were, or will be, written on a day.
   *
   * @param newDate the day
   * @return the settings
   */
  public Tokenization asOf(LocalDate newDate) {
    return new Tokenization(boundary, Optional.of(newDate));
  }

  ModelTokenizer load(Path directory) {
    ModelTokenizer tokenizer = ModelTokenizer.load(directory, boundary);
    return date.map(tokenizer::asOf).orElse(tokenizer);
  }
}
