package org.dpo4j.api.data.records;

import java.util.Locale;
import java.util.regex.Pattern;

/** What of a data set is read, where a folder or a file holds several parts of it. */
public enum Part {
  /** What is learnt from: all that is not held out. */
  TRAINING,
  /** What is evaluated on, where there is such a part. */
  HELD_OUT;

  private static final Pattern OF_TRAINING = word("train|training");
  private static final Pattern OF_HELD_OUT =
      word(
          "test|tests|testing|validation|valid|val|eval|evaluation|dev|held[-_ ]?out|hold[-_ ]?out");

  /** Digits may follow a word, as in {@code test2}; {@code contest} is none. */
  private static Pattern word(String words) {
    return Pattern.compile("(^|[^a-z])(" + words + ")([^a-z]|$)");
  }

  /** Whether a split or file is named as one that is held out, and not as one for training too. */
  static boolean isHeldOut(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return OF_HELD_OUT.matcher(lower).find() && !isTraining(name);
  }

  /** Whether a split or file is named as one for training. */
  static boolean isTraining(String name) {
    return OF_TRAINING.matcher(name.toLowerCase(Locale.ROOT)).find();
  }
}
