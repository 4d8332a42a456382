package org.dpo4j.torch.internal.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.dpo4j.core.math.Check;

/** A channel that takes so many bytes and no more, and knows how many it was given. */
final class CountedBytes implements WritableByteChannel {

  private final WritableByteChannel out;
  private final long expected;
  private long given;

  CountedBytes(WritableByteChannel out, long expected) {
    this.out = out;
    this.expected = expected;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    given += bytes.remaining();
    if (given > expected) {
      throw new IOException("more than " + expected + " bytes");
    }
    return out.write(bytes);
  }

  @Override
  public boolean isOpen() {
    return out.isOpen();
  }

  /** The file stays open for the next tensor. */
  @Override
  public void close() {}

  void requireNotMore(String place) {
    Check.that(
        given <= expected,
        "%s: content must write %d bytes, tried to write %d or more",
        place,
        expected,
        given);
  }

  void requireAll(String place) {
    Check.that(
        given == expected, "%s: content must write %d bytes, wrote %d", place, expected, given);
  }
}
