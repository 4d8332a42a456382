package org.dpo4j.examples.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Locale;

/**
 * What all commands print through. Texts of data, models and other files may hold what a terminal
 * would obey, or what turns the text around it: such characters are written as {@code \\uXXXX},
 * which inside of JSON is the same text still.
 */
final class TerminalWriter extends FilterWriter {

  private final boolean drawsBars;

  private TerminalWriter(Writer out, boolean drawsBars) {
    super(out);
    this.drawsBars = drawsBars;
  }

  /** For standard output. */
  static PrintWriter forOutput(Writer out) {
    return new PrintWriter(new TerminalWriter(out, false), true);
  }

  /** For standard error, where a run's bar goes back to the line's beginning. */
  static PrintWriter forErrors(Writer err) {
    return new PrintWriter(new TerminalWriter(err, true), true);
  }

  @Override
  public void write(int c) throws IOException {
    write(new char[] {(char) c}, 0, 1);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.toCharArray(), offset, length);
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    int start = offset;
    for (int i = offset; i < offset + length; i++) {
      boolean endsLine = text[i] == '\r' && i + 1 < offset + length && text[i + 1] == '\n';
      if (isObeyed(text[i]) && !endsLine) {
        out.write(text, start, i - start);
        out.write(String.format(Locale.ROOT, "\\u%04x", (int) text[i]));
        start = i + 1;
      }
    }
    out.write(text, start, offset + length - start);
  }

  /** A writer that keeps its faults to itself is asked for them, so that lost output is noticed. */
  @Override
  public void flush() throws IOException {
    super.flush();
    if (out instanceof PrintWriter printer && printer.checkError()) {
      throw new IOException("what is printed cannot be written");
    }
  }

  private boolean isObeyed(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> !(c == '\n' || c == '\t' || (c == '\r' && drawsBars));
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      // Joiners are letters' and emoji's own.
      case Character.FORMAT -> c != '\u200c' && c != '\u200d';
      default -> false;
    };
  }
}
