package org.dpo4j.api.report;

import com.google.common.html.HtmlEscapers;
import java.util.Locale;

/** Text and numbers as they stand in a page. */
final class Markup {

  private Markup() {}

  /** Text that came from a file: shown, never interpreted. */
  static String text(String any) {
    return HtmlEscapers.htmlEscaper().escape(any);
  }

  /** A number with four significant digits. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return String.valueOf(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e7) {
      return String.valueOf((long) value);
    }
    double size = Math.abs(value);
    if (size < 1e-3 || size >= 1e7) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** A place in a drawing. */
  static String place(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
