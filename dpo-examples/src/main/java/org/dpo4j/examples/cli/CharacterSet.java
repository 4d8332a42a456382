package org.dpo4j.examples.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The character set in which the system hands over arguments and names of files. */
final class CharacterSet {

  /** What Java puts where a byte is no character of the set. */
  private static final String LOST = "\uFFFD";

  private CharacterSet() {}

  /** Whether something was lost before it came here. */
  static Optional<String> problem(String[] arguments) {
    String set = System.getProperty("sun.jnu.encoding", "UTF-8");
    return problem(arguments, System.getProperty("user.dir", ""), set);
  }

  static Optional<String> problem(String[] arguments, String folder, String set) {
    boolean lost =
        Stream.concat(Arrays.stream(arguments), Stream.of(folder))
            .anyMatch(text -> text.contains(LOST));
    return lost && !set.equalsIgnoreCase("UTF-8")
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "an argument or this folder has characters that the system's character set, %s, has not: set"
                    + " LANG=C.UTF-8",
                set))
        : Optional.empty();
  }
}
