package org.dpo4j.torch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;

/**
 * A state in memory.
 *
 * @param bytes of its pieces, by name
 */
record Pieces(Map<String, byte[]> bytes) implements StateSink, StateSource {

  static Pieces of(Object resumable) throws IOException {
    Pieces pieces = new Pieces(new LinkedHashMap<>());
    ((Resumable) resumable).save(pieces);
    return pieces;
  }

  void restore(Object resumable) throws IOException {
    ((Resumable) resumable).restore(this);
  }

  /** Of the same bytes. */
  boolean same(Pieces other) {
    return bytes.keySet().equals(other.bytes.keySet())
        && bytes.entrySet().stream()
            .allMatch(piece -> Arrays.equals(piece.getValue(), other.bytes.get(piece.getKey())));
  }

  @Override
  public void write(String name, Content content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    if (bytes.put(name, out.toByteArray()) != null) {
      throw new IllegalStateException(name + " was written twice");
    }
  }

  @Override
  public InputStream open(String name) throws IOException {
    byte[] piece = bytes.get(name);
    if (piece == null) {
      throw new NoSuchFileException(name);
    }
    return new ByteArrayInputStream(piece);
  }
}
