package org.dpo4j.torch.internal.peft;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.torch.internal.architecture.ModelConfig;

/**
 * A regular expression of an untrusted file, for module names: one whose program is small, and that
 * is matched in time linear in it.
 *
 * <p>RE2 has no lookaround and no references to groups, and refuses them. Apart from that, where
 * its dialect should differ from Python's, that can't pass unnoticed: the modules found must be
 * exactly those there are tensors for.
 */
final class ModulePattern {

  private static final int MAX_GROUPS = 100;
  private static final int MAX_SIZE = 4_000;
  private static final Pattern COUNT = Pattern.compile("\\{(?:\\d+,)?(\\d+)\\}");

  private final Pattern pattern;

  private ModulePattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /** The expression that a field holds. */
  static ModulePattern read(ModelConfig config, String field) {
    return compile(config, field, config.optionalString(field).orElse(""), "%s");
  }

  /**
   * Compiles an expression.
   *
   * @param field where it stands
   * @param expression the expression, as the file has it
   * @param template with a {@code %s} for the expression
   */
  static ModulePattern compile(
      ModelConfig config, String field, String expression, String template) {
    config.check(
        isSmall(expression),
        field,
        String.format(
            Locale.ROOT,
            "must be a regular expression of at most %d characters, repeated ones counted as often,"
                + " and %d groups",
            MAX_SIZE,
            MAX_GROUPS));
    try {
      // Alone first: what closes a group of the template is no expression.
      Pattern unused = Pattern.compile(expression);
      return new ModulePattern(Pattern.compile(String.format(Locale.ROOT, template, expression)));
    } catch (PatternSyntaxException e) {
      throw config.refuse(
          field, "must be a regular expression that RE2 knows (" + e.getDescription() + ")");
    }
  }

  /** Whether the whole name matches. */
  boolean matches(String module) {
    return pattern.matches(module);
  }

  /** What a named group holds if the beginning of the name matches. */
  Optional<String> groupAtStart(String module, String group) {
    Matcher matcher = pattern.matcher(module);
    return matcher.lookingAt() ? Optional.ofNullable(matcher.group(group)) : Optional.empty();
  }

  /** Counts as if every repetition were of everything, which bounds them nested as they may be. */
  private static boolean isSmall(String expression) {
    if (expression.length() > MAX_SIZE
        || expression.chars().filter(c -> c == '(').count() > MAX_GROUPS) {
      return false;
    }
    double size = expression.length();
    for (Matcher count = COUNT.matcher(expression); count.find(); ) {
      size *= Math.max(1, Double.parseDouble(count.group(1)));
    }
    return size <= MAX_SIZE;
  }
}
