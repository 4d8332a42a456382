package org.dpo4j.torch.internal.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code strftime_now}: some templates tell the model the day. As C tells it, in English. */
final class Clocks {

  private static final int MAX_FORMAT = 1000;
  private static final int WORK_OF_A_CHARACTER = 100;
  private static final Pattern DIRECTIVE = Pattern.compile("%([-_0^]?)(.?)", Pattern.DOTALL);

  private Clocks() {}

  /** What a template calls for the time that is given. */
  static Callable at(LocalDateTime time) {
    return (scope, arguments) -> {
      String format = arguments.bind(1, "format").text(0);
      scope.budget().spend((long) WORK_OF_A_CHARACTER * format.length());
      return at(time, format);
    };
  }

  static String at(LocalDateTime time, String format) {
    if (format.length() > MAX_FORMAT) {
      throw new Halt("the format of a time must have at most " + MAX_FORMAT + " characters");
    }
    StringBuilder text = new StringBuilder();
    Matcher directive = DIRECTIVE.matcher(format);
    int start = 0;
    while (directive.find()) {
      text.append(format, start, directive.start());
      text.append(directive(time, directive.group(1), directive.group(2)));
      start = directive.end();
    }
    return text.append(format.substring(start)).toString();
  }

  private static String directive(LocalDateTime time, String flag, String letter) {
    return switch (letter) {
      case "a" -> name(time, "EEE", flag);
      case "A" -> name(time, "EEEE", flag);
      case "b", "h" -> name(time, "MMM", flag);
      case "B" -> name(time, "MMMM", flag);
      case "p" -> name(time, "a", flag);
      case "P" -> name(time, "a", flag).toLowerCase(Locale.ROOT);
      case "c" -> at(time, "%a %b %e %H:%M:%S %Y");
      case "D", "x" -> at(time, "%m/%d/%y");
      case "F" -> at(time, "%Y-%m-%d");
      case "R" -> at(time, "%H:%M");
      case "r" -> at(time, "%I:%M:%S %p");
      case "T", "X" -> at(time, "%H:%M:%S");
      case "n" -> "\n";
      case "t" -> "\t";
      case "%" -> "%";
      // A time without a zone has none to tell.
      case "z", "Z" -> "";
      default -> number(time, flag, letter);
    };
  }

  private static String name(LocalDateTime time, String pattern, String flag) {
    String name = time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    return flag.equals("^") ? name.toUpperCase(Locale.ROOT) : name;
  }

  private static String number(LocalDateTime time, String flag, String letter) {
    int day = time.getDayOfWeek().getValue();
    return switch (letter) {
      case "Y" -> padded(time.getYear(), 1, "0", flag);
      case "C" -> padded(time.getYear() / 100, 2, "0", flag);
      case "y" -> padded(time.getYear() % 100, 2, "0", flag);
      case "m" -> padded(time.getMonthValue(), 2, "0", flag);
      case "d" -> padded(time.getDayOfMonth(), 2, "0", flag);
      case "e" -> padded(time.getDayOfMonth(), 2, " ", flag);
      case "H" -> padded(time.getHour(), 2, "0", flag);
      case "k" -> padded(time.getHour(), 2, " ", flag);
      case "I" -> padded(time.get(ChronoField.CLOCK_HOUR_OF_AMPM), 2, "0", flag);
      case "l" -> padded(time.get(ChronoField.CLOCK_HOUR_OF_AMPM), 2, " ", flag);
      case "M" -> padded(time.getMinute(), 2, "0", flag);
      case "S" -> padded(time.getSecond(), 2, "0", flag);
      case "f" -> padded(time.get(ChronoField.MICRO_OF_SECOND), 6, "0", "");
      case "j" -> padded(time.getDayOfYear(), 3, "0", flag);
      case "u" -> padded(day, 1, "0", flag);
      case "w" -> padded(day % 7, 1, "0", flag);
      case "U" -> padded((time.getDayOfYear() + 6 - day % 7) / 7, 2, "0", flag);
      case "W" -> padded((time.getDayOfYear() + 7 - day) / 7, 2, "0", flag);
      case "V" -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, "0", flag);
      case "G" -> padded(time.get(IsoFields.WEEK_BASED_YEAR), 1, "0", flag);
      case "g" -> padded(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, "0", flag);
      default -> throw new Halt("strftime_now does not support %" + flag + letter);
    };
  }

  private static String padded(int number, int width, String fill, String flag) {
    String digits = String.valueOf(number);
    String with = flag.equals("_") ? " " : flag.equals("0") ? "0" : fill;
    int missing = flag.equals("-") ? 0 : width - digits.length();
    return with.repeat(Math.max(0, missing)) + digits;
  }
}
