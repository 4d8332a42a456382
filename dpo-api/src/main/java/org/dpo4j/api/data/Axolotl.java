package org.dpo4j.api.data;

import java.util.List;
import java.util.Optional;

/**
 * What axolotl takes: {@code messages}, {@code chosen}, {@code rejected}; or with {@code question}
 * or another usual name for the prompt, as the Orca pairs have it.
 */
record Axolotl() implements Format {

  private static final List<String> PROMPTS =
      List.of("messages", "question", "query", "input", "instruction");

  @Override
  public String title() {
    return "axolotl (messages, question or input; chosen, rejected)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return prompt(record).isPresent() && Explicit.canBePair(record);
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String column =
        prompt(record)
            .orElseThrow(() -> SkippedException.malformed("has no prompt under one of " + PROMPTS));
    return Explicit.pair(record, Texts.of(record.get(column), column));
  }

  private static Optional<String> prompt(Fields record) {
    return record.first(PROMPTS);
  }
}
