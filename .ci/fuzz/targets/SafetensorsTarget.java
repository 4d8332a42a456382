import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.internal.safetensors.SafetensorsFile;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/** Any bytes are a checkpoint whose tensors lie within it, or are refused. */
public final class SafetensorsTarget {

  private static final Path FILE = temporary();

  private SafetensorsTarget() {}

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    read(input);
    // Most bytes end at the header's length, so they are headers, too.
    ByteBuffer whole = ByteBuffer.allocate(8 + input.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    read(whole.putLong(input.length).put(input).array());
  }

  private static void read(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    try {
      for (TensorEntry entry : SafetensorsFile.read(FILE).values()) {
        if (entry.toString().isEmpty()) {
          throw new AssertionError();
        }
      }
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null || e.getMessage().getBytes(StandardCharsets.UTF_8).length > 5000) {
        throw new AssertionError("a refusal says why, shortly", e);
      }
    }
  }

  private static Path temporary() {
    try {
      Path file = Files.createTempFile("fuzz", ".safetensors");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
