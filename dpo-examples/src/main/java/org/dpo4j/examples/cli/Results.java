package org.dpo4j.examples.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Where results go, standard output or a file, whose errors end a command: a {@link PrintWriter}
 * keeps them to itself, so that results were lost without a word, and computed for nobody.
 */
final class Results extends Writer {

  private final Writer to;
  private final String name;

  private Results(Writer to, String name) {
    this.to = to;
    this.name = name;
  }

  /** What was printed is lost. */
  static final class LostException extends UncheckedIOException {

    private static final long serialVersionUID = 1;

    LostException(String name, IOException cause) {
      super(
          "results could not be written to " + name + " (" + cause.getMessage() + "); stopped",
          cause);
    }
  }

  static PrintWriter onStandardOutput() {
    return on(
        new BufferedWriter(
            new OutputStreamWriter(
                new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)),
        "standard output");
  }

  /** Likewise to something else, by its name. */
  static PrintWriter on(Writer to, String name) {
    return new PrintWriter(new Results(to, name), true);
  }

  @Override
  public void write(char[] characters, int from, int length) {
    try {
      to.write(characters, from, length);
    } catch (IOException e) {
      throw new LostException(name, e);
    }
  }

  @Override
  public void flush() {
    try {
      to.flush();
    } catch (IOException e) {
      throw new LostException(name, e);
    }
  }

  @Override
  public void close() {
    try {
      to.close();
    } catch (IOException e) {
      throw new LostException(name, e);
    }
  }
}
