package org.dpo4j.torch.internal.safetensors;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.architecture.TensorShape;

/**
 * A tensor to be written.
 *
 * @param name its name, at most 1,024 characters
 * @param type of its elements
 * @param shape its shape, at most 16 dimensions
 * @param content its bytes
 */
public record TensorSource(String name, TensorType type, TensorShape shape, Content content) {

  /** Where a tensor's bytes come from. */
  public interface Content {

    /**
     * Writes exactly the bytes of shape and type: little-endian, rows first. They are counted.
     *
     * @param out takes all remaining bytes of a buffer in one call; need not be closed
     * @throws IOException if {@code out} does, or the bytes cannot be had
     */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /** Checks name and shape. */
  public TensorSource {
    String place = "tensor " + Shown.text(name);
    Limits.checkName(place, name);
    Check.that(!name.equals(Limits.METADATA), "%s: name must not be %s", place, Limits.METADATA);
    TensorBytes.of(place, type, shape);
  }

  /** How many bytes the content has to write. */
  long bytes() {
    return TensorBytes.of(name, type, shape);
  }
}
