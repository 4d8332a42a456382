package org.dpo4j.torch.internal.template;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code strftime_now}: some templates tell the model the day. */
final class Clocks {

  private Clocks() {}

  static String now(String format) {
    return at(LocalDateTime.now(ZoneId.systemDefault()), format);
  }

  static String at(LocalDateTime time, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        text.append(c);
      } else {
        i++;
        text.append(directive(time, i < format.length() ? format.charAt(i) : ' '));
      }
    }
    return text.toString();
  }

  private static String directive(LocalDateTime time, char directive) {
    String pattern =
        switch (directive) {
          case 'Y' -> "yyyy";
          case 'y' -> "yy";
          case 'm' -> "MM";
          case 'B' -> "MMMM";
          case 'b' -> "MMM";
          case 'd' -> "dd";
          case 'A' -> "EEEE";
          case 'a' -> "EEE";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case 'p' -> "a";
          case 'j' -> "DDD";
          case '%' -> "'%'";
          default -> throw new Halt("strftime_now does not support %" + directive);
        };
    return time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
