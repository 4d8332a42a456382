package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command line that was called in this process.
 *
 * @param exitCode 0, 1, 2 or 130
 * @param out what it printed
 * @param err what it said beside
 */
public record CalledDpo(int exitCode, String out, String err) {

  /** Runs a command here. */
  public static CalledDpo with(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    int exitCode = Dpo.run(texts, new PrintWriter(out, true), new PrintWriter(err, true));
    return new CalledDpo(exitCode, out.toString(), err.toString());
  }
}
