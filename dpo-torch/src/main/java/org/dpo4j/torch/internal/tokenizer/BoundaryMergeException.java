package org.dpo4j.torch.internal.tokenizer;

import java.util.Locale;

/**
 * The tokenizer makes one token of the prompt's end and the completion's beginning, so the prompt's
 * own tokens are not the first ones of the whole, and there is no place to cut.
 */
public final class BoundaryMergeException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;
  private static final int SHOWN_CHARACTERS = 20;

  private final String promptEnd;
  private final String completionStart;

  private BoundaryMergeException(String message, String promptEnd, String completionStart) {
    super(message);
    this.promptEnd = promptEnd;
    this.completionStart = completionStart;
  }

  static BoundaryMergeException of(int index, String prompt, String completion, String token) {
    String end =
        prompt.substring(
            prompt.offsetByCodePoints(
                prompt.length(),
                -Math.min(SHOWN_CHARACTERS, prompt.codePointCount(0, prompt.length()))));
    String start =
        completion.substring(
            0,
            completion.offsetByCodePoints(
                0, Math.min(SHOWN_CHARACTERS, completion.codePointCount(0, completion.length()))));
    return new BoundaryMergeException(
        String.format(
            Locale.ROOT,
            "prompt and completion %d cannot be told apart in tokens: the tokenizer joins them at '%s'"
                + " + '%s', from the token '%s' on; end the prompt where a token ends, for instance"
                + " give the space at its end to the completion, or cut it where its completions leave it as"
                + " it is, by the boundary rule common-prefix (--boundary common-prefix)",
            index,
            shown(end),
            shown(start),
            shown(token)),
        end,
        start);
  }

  /**
   * The last characters of the prompt.
   *
   * @return at most 20
   */
  public String promptEnd() {
    return promptEnd;
  }

  /**
   * The first characters of the completion.
   *
   * @return at most 20
   */
  public String completionStart() {
    return completionStart;
  }

  private static String shown(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }
}
