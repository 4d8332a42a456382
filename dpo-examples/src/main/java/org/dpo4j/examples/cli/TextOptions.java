package org.dpo4j.examples.cli;

import java.time.LocalDate;
import java.util.Optional;
import org.dpo4j.torch.Tokenization;
import picocli.CommandLine.Option;

/** How texts are written for a model. */
final class TextOptions {

  @Option(
      names = "--date",
      paramLabel = "YYYY-MM-DD",
      description = {
        "The day that chat templates write which tell the model the date (today; for a run that goes on,",
        "the day it began)."
      })
  Optional<LocalDate> date = Optional.empty();

  /** For texts that are not made of data. */
  Tokenization tokenization() {
    return date.map(Tokenization.standard()::asOf).orElse(Tokenization.standard());
  }

  /** For data's texts. */
  Tokenization tokenization(DataOptions data) {
    return tokenization().boundary(data.boundary);
  }
}
