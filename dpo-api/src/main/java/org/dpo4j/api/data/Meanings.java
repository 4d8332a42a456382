package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;

/**
 * Columns to which some format gives a meaning that may change what is learnt. One that a reader
 * has not read is named in the summary, so that nothing that means something is ignored unsaid.
 */
final class Meanings {

  private static final ImmutableSet<String> KNOWN =
      ImmutableSet.<String>builder()
          .addAll(Choices.PROMPTS)
          .addAll(Choices.COMPLETIONS)
          .addAll(Judged.LABELS)
          .addAll(Judged.RATINGS)
          .addAll(RecordContext.SYSTEMS)
          .addAll(Tools.COLUMNS)
          .addAll(Media.COLUMNS)
          .addAll(Extras.names())
          .addAll(
              List.of(
                  // What a template is told, and who calls what.
                  "chat_template_kwargs",
                  "template_kwargs",
                  "documents",
                  "tool_calls",
                  "function_call",
                  "tool_choice",
                  "available_tools",
                  "objects",
                  // Texts.
                  "messages",
                  "conversations",
                  "conversation",
                  "history",
                  "context",
                  "chosen",
                  "rejected",
                  "rejected_response",
                  "rejected_messages",
                  "responses",
                  "completions",
                  "generations",
                  "answers",
                  "suffix",
                  "prefix",
                  // What was thought.
                  "reasoning_content",
                  "reasoning",
                  "thinking",
                  // Judgements.
                  "labels",
                  "scores",
                  "ratings",
                  "rewards",
                  "ranks",
                  "rankings",
                  "rank",
                  "tags",
                  "margins",
                  "strength",
                  "preference_strength",
                  "overall_preference",
                  // What is learnt of it.
                  "loss",
                  "loss_mask",
                  "train",
                  "training",
                  "mask",
                  "weights"))
          .build();

  private Meanings() {}

  /** The columns of a record that mean something somewhere and that nobody has read. */
  static ImmutableList<String> unread(Fields record) {
    return record.unread().stream()
        .filter(KNOWN::contains)
        .collect(ImmutableList.toImmutableList());
  }
}
