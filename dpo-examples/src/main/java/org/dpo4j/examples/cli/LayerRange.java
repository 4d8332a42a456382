package org.dpo4j.examples.cli;

import com.google.common.primitives.Ints;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Layers of a model, as {@code 8-15}.
 *
 * @param first from 0
 * @param last the last of them, ≥ first
 */
record LayerRange(int first, int last) {

  private static final Pattern WRITTEN = Pattern.compile("(\\d+)-(\\d+)");

  /** As it is typed. */
  static final class Converter implements ITypeConverter<LayerRange> {

    @Override
    public LayerRange convert(String text) {
      Matcher matched = WRITTEN.matcher(text);
      if (matched.matches()) {
        Integer first = Ints.tryParse(matched.group(1));
        Integer last = Ints.tryParse(matched.group(2));
        if (first != null && last != null && first <= last && last < Integer.MAX_VALUE) {
          return new LayerRange(first, last);
        }
      }
      throw new TypeConversionException(
          "must be FIRST-LAST, with 0 ≤ FIRST ≤ LAST, got '" + text + "'");
    }
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return first + "-" + last;
  }
}
