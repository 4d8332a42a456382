package org.dpo4j.api.probe;

import java.util.List;
import java.util.regex.Pattern;
import org.dpo4j.api.data.records.StrictJson;

/** What an answer looks like. Space around it does not count. */
public enum Format {
  /** One JSON value and nothing else, by its standard. */
  JSON,
  /** One line. */
  ONE_LINE,
  /** One word, perhaps with a full stop. */
  ONE_WORD,
  /** Lines that all begin with {@code -}, {@code *} or {@code •}. */
  BULLET_LIST,
  /** Lines that all begin with a number and {@code .} or {@code )}. */
  NUMBERED_LIST;

  private static final Pattern WORD = Pattern.compile("[^\\s.!?]+[.!?]?");
  private static final Pattern BULLET = Pattern.compile("\\s*[-*•]\\s+\\S.*");
  private static final Pattern NUMBERED = Pattern.compile("\\s*\\d+[.)]\\s+\\S.*");

  boolean isKeptBy(String text) {
    String answer = text.strip();
    return switch (this) {
      case JSON -> StrictJson.ifValid(answer).isPresent();
      case ONE_LINE -> answer.lines().count() == 1;
      case ONE_WORD -> WORD.matcher(answer).matches();
      case BULLET_LIST -> allLines(answer, BULLET);
      case NUMBERED_LIST -> allLines(answer, NUMBERED);
    };
  }

  private static boolean allLines(String answer, Pattern pattern) {
    List<String> lines = answer.lines().filter(line -> !line.isBlank()).toList();
    return !lines.isEmpty() && lines.stream().allMatch(line -> pattern.matcher(line).matches());
  }
}
