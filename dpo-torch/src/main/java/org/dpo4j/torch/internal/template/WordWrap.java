package org.dpo4j.torch.internal.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filter {@code wordwrap}, as Python's {@code textwrap} breaks lines. */
final class WordWrap {

  private static final int MAX_WORD = 2000;
  private static final String WORD = "[\\p{Alnum}_!\"'&.,?]";
  private static final Pattern CHUNK =
      Pattern.compile(
          "[\\t\\n\\x0b\\f\\r ]+"
              + "|(?<="
              + WORD
              + ")-{2,}(?=\\w)"
              + "|[^\\t\\n\\x0b\\f\\r ]+?(?:-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[^\\d\\W]-))"
              + "(?=[^\\d\\W]-?[^\\d\\W])"
              + "|(?=[\\t\\n\\x0b\\f\\r ]|\\z)"
              + "|(?<="
              + WORD
              + ")(?=-{2,}\\w))");
  private static final Pattern PLAIN =
      Pattern.compile("[\\t\\n\\x0b\\f\\r ]+|[^\\t\\n\\x0b\\f\\r ]+");

  private final int width;
  private final boolean breaksWords;
  private final boolean breaksHyphens;
  private final List<String> lines = new ArrayList<>();
  private final List<String> line = new ArrayList<>();
  private int length;

  private WordWrap(int width, boolean breaksWords, boolean breaksHyphens) {
    this.width = width;
    this.breaksHyphens = breaksHyphens;
    this.breaksWords = breaksWords;
  }

  static Object filter(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound =
        arguments.bind(0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
    Budget budget = scope.budget();
    int width = bound.whole(0, 79);
    if (width <= 0) {
      throw new Halt("wordwrap must have a width of at least 1");
    }
    boolean breaksWords = Python.isTrue(bound.or(1, true));
    boolean breaksHyphens = Python.isTrue(bound.or(3, true));
    String between = bound.isGiven(2) ? bound.text(2) : "\n";
    Output out = new Output(budget);
    boolean isFirst = true;
    for (Object paragraph : Characters.lines(budget, Python.text(value), false)) {
      String text = Python.text(paragraph);
      if (breaksHyphens && text.contains("-") && !text.chars().allMatch(c -> c < 0x80)) {
        throw new Halt("wordwrap at hyphens of text beyond ASCII is not supported");
      }
      budget.characters(16L * text.length());
      WordWrap wrap = new WordWrap(width, breaksWords, breaksHyphens);
      List<String> wrapped = wrap.wrap(budget, chunks(text, breaksHyphens));
      // An empty paragraph is an empty line.
      for (String line : wrapped.isEmpty() ? List.of("") : wrapped) {
        out.append(isFirst ? "" : between).append(line);
        isFirst = false;
      }
    }
    return out.text();
  }

  private static List<String> chunks(String text, boolean breaksHyphens) {
    Matcher chunk = (breaksHyphens && text.contains("-") ? CHUNK : PLAIN).matcher(text);
    List<String> chunks = new ArrayList<>();
    while (chunk.find()) {
      chunks.add(chunk.group());
    }
    return chunks;
  }

  private List<String> wrap(Budget budget, List<String> chunks) {
    for (String chunk : chunks) {
      // What is left of a word is copied for each line of it.
      budget.spend((long) chunk.length() * chunk.length() / width);
      if (chunk.length() > MAX_WORD) {
        throw new Halt("wordwrap wants words of at most " + MAX_WORD + " characters");
      }
      add(chunk);
    }
    endLine();
    return lines;
  }

  private void add(String chunk) {
    if (isSpace(chunk) && line.isEmpty() && !lines.isEmpty()) {
      return;
    }
    int size = count(chunk);
    if (length + size <= width) {
      line.add(chunk);
      length += size;
    } else if (size > width) {
      addLong(chunk);
    } else {
      endLine();
      add(chunk);
    }
  }

  private void addLong(String chunk) {
    if (!breaksWords) {
      if (!line.isEmpty()) {
        endLine();
        add(chunk);
        return;
      }
      line.add(chunk);
      length += count(chunk);
      endLine();
      return;
    }
    int room = width - length;
    int hyphen = breaksHyphens ? chunk.lastIndexOf('-', room - 1) : -1;
    boolean isAtHyphen = hyphen > 0 && chunk.substring(0, hyphen).chars().anyMatch(c -> c != '-');
    int cut = isAtHyphen ? hyphen + 1 : chunk.offsetByCodePoints(0, room);
    // Python keeps a space before a word that has no room at all, and so does this.
    line.add(chunk.substring(0, cut));
    endLine();
    add(chunk.substring(cut));
  }

  private void endLine() {
    if (!line.isEmpty() && isSpace(line.get(line.size() - 1))) {
      line.remove(line.size() - 1);
    }
    if (!line.isEmpty()) {
      lines.add(String.join("", line));
    }
    line.clear();
    length = 0;
  }

  private static boolean isSpace(String chunk) {
    return Characters.strip(chunk).isEmpty();
  }

  private static int count(String chunk) {
    return chunk.codePointCount(0, chunk.length());
  }
}
