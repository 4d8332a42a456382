package org.dpo4j.api.data;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.core.math.Shown;

/** Who speaks, as data sets write it and as chat templates know it. */
final class Roles {

  static final String ASSISTANT = "assistant";
  static final String TOOL = "tool";

  /** A turn whose text is the call of a tool, as ShareGPT has it. */
  private static final ImmutableSet<String> CALLS =
      ImmutableSet.of("function_call", "tool_call", "tool_calls");

  private static final ImmutableMap<String, String> KNOWN =
      ImmutableMap.<String, String>builder()
          .put("user", "user")
          .put("human", "user")
          .put("prompter", "user")
          .put("question", "user")
          .put(ASSISTANT, ASSISTANT)
          .put("gpt", ASSISTANT)
          .put("chatgpt", ASSISTANT)
          .put("model", ASSISTANT)
          .put("bot", ASSISTANT)
          .put("chatbot", ASSISTANT)
          .put("ai", ASSISTANT)
          .put("answer", ASSISTANT)
          .put("system", "system")
          .put("developer", "developer")
          .put(TOOL, TOOL)
          .put("function", TOOL)
          .put("observation", TOOL)
          .put("ipython", TOOL)
          .put("tool_response", TOOL)
          .put("function_response", TOOL)
          .buildOrThrow();

  private Roles() {}

  /**
   * The role of a written one, in any case of letters.
   *
   * @throws SkippedException if it is unknown: a template would write it as it stands
   */
  static String of(String written, String name) throws SkippedException {
    if (written.isBlank()) {
      throw SkippedException.malformed("a message of '" + name + "' has a blank role");
    }
    return isCall(written)
        ? ASSISTANT
        : Optional.ofNullable(KNOWN.get(plain(written)))
            .orElseThrow(
                () ->
                    SkippedException.malformed(
                        String.format(
                            Locale.ROOT,
                            "a message of '%s' has the role '%s', which is none of %s",
                            name,
                            Shown.text(written),
                            KNOWN.keySet())));
  }

  /** Whether a turn's text is the call of a tool. */
  static boolean isCall(String written) {
    return CALLS.contains(plain(written));
  }

  private static String plain(String written) {
    return written.strip().toLowerCase(Locale.ROOT);
  }
}
