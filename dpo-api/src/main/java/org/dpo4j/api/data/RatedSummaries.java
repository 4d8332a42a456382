package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * OpenAI's summaries that were rated one by one (summarize_from_feedback, axis): {@code info},
 * {@code summary.text} and {@code summary.axes.overall} of 1 to 7. Those of one post are compared.
 */
record RatedSummaries() implements Format {

  @Override
  public String title() {
    return "a rated TL;DR a record (info.post, summary.text, summary.axes.overall)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    return SummaryComparisons.hasSource(record)
        && record.has("summary.text", "summary.axes.overall");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (!record.has("summary.axes.overall")) {
      throw new SkippedException(SkipReason.UNLABELLED, "has no 'summary.axes.overall'");
    }
    return List.of(
        Judgement.Scores.ratings(
            SummaryComparisons.prompt(record),
            List.of(SummaryComparisons.summary(record.object("summary"))),
            List.of(record.number("summary.axes.overall"))));
  }
}
