package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/**
 * OpenAI's TL;DR comparisons (summarize_from_feedback), the second task of the DPO paper: {@code
 * info} with a {@code post} or an {@code article}, two {@code summaries[].text} and the {@code
 * choice} of 0 or 1. The prompt is written as for OpenAI's models, to {@code TL;DR:}, and a summary
 * begins with a space. To which split a record belongs, {@code split}, is not looked at.
 */
record SummaryComparisons() implements Format {

  @Override
  public String title() {
    return "TL;DR comparisons (info.post, summaries[].text, choice)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return hasSource(record) && record.hasArray("summaries") && record.has("choice");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (!record.has("choice")) {
      throw new SkippedException(SkipReason.UNLABELLED, "has no 'choice'");
    }
    List<Fields> summaries = record.objects("summaries");
    if (summaries.size() != 2) {
      throw SkippedException.malformed("must have two summaries, got " + summaries.size());
    }
    double choice = record.number("choice");
    if (choice != 0 && choice != 1) {
      throw Fields.wrong("choice", "0 or 1", record.get("choice"));
    }
    return Choices.of(
        prompt(record),
        summary(summaries.get(0)),
        summary(summaries.get(1)),
        Choices.vote(choice == 0));
  }

  /** Whether there is what was summarized. */
  static boolean hasSource(Fields record) {
    return record.hasText("info.post") || record.hasText("info.article");
  }

  /** The post or article, as summaries were asked for. */
  static Text prompt(Fields record) throws SkippedException {
    Fields info = record.object("info");
    return Text.of(
        info.hasText("post")
            ? "SUBREDDIT: r/"
                + optional(info, "subreddit")
                + "\n\nTITLE: "
                + optional(info, "title")
                + "\n\nPOST: "
                + info.text("post")
                + "\n\nTL;DR:"
            : "Article:\n" + info.text("article") + "\n\nTL;DR:");
  }

  /** A summary, to follow the prompt. */
  static Text summary(Fields summary) throws SkippedException {
    String text = summary.text("text");
    return Text.of(text.isEmpty() || Character.isWhitespace(text.charAt(0)) ? text : " " + text);
  }

  private static String optional(Fields info, String name) throws SkippedException {
    return info.has(name) ? info.text(name) : "";
  }
}
