package org.dpo4j.examples.service;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;

/** Reads a body as it comes, without a thread that waits for it. */
final class Body implements Runnable {

  private final Exchange exchange;
  private final int most;
  private final Consumer<byte[]> then;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  /**
   * Not begun.
   *
   * @param exchange whose body it is; dropped if it does not come
   * @param most bytes that are read; one more is given if there is more
   * @param then gets what was read
   */
  Body(Exchange exchange, int most, Consumer<byte[]> then) {
    this.exchange = exchange;
    this.most = most;
    this.then = then;
  }

  /** Reads what is there; run again when more is. */
  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = exchange.request().read();
      if (chunk == null) {
        exchange.request().demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        exchange.drop(chunk.getFailure());
        return;
      }
      take(chunk.getByteBuffer());
      boolean last = chunk.isLast();
      chunk.release();
      if (last || read.size() > most) {
        then.accept(read.toByteArray());
        return;
      }
    }
  }

  private void take(ByteBuffer bytes) {
    byte[] taken = new byte[Math.min(bytes.remaining(), most + 1 - read.size())];
    bytes.get(taken);
    read.write(taken, 0, taken.length);
  }
}
