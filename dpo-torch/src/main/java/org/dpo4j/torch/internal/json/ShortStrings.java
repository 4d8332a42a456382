package org.dpo4j.torch.internal.json;

import java.io.IOException;
import java.io.Reader;
import org.dpo4j.core.math.Check;

/**
 * JSON text whose strings are bounded. A parser only hands out whole strings, so the bound has to
 * be kept before it.
 */
final class ShortStrings extends Reader {

  private final Reader text;
  private final int max;
  private final String place;
  private boolean inString;
  private boolean escaped;
  private int length;

  ShortStrings(Reader text, int max, String place) {
    super(text);
    this.text = text;
    this.max = max;
    this.place = place;
  }

  @Override
  public int read(char[] target, int offset, int count) throws IOException {
    int read = text.read(target, offset, count);
    for (int i = offset; i < offset + read; i++) {
      see(target[i]);
    }
    return read;
  }

  private void see(char character) {
    if (character == '"' && !escaped) {
      inString = !inString;
      length = 0;
    } else if (inString) {
      length++;
      Check.that(length <= max, "%s: strings must be at most %d characters", place, max);
    }
    escaped = inString && character == '\\' && !escaped;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
