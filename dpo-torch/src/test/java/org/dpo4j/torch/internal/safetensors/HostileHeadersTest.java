package org.dpo4j.torch.internal.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Headers of 40 MB, made to be costly, in a Java machine of 96 MB. Held as a tree some of them take
 * gigabytes. Larger ones, up to the format's 100 MB, only add names.
 */
final class HostileHeadersTest {

  private static final int HEADER = 40_000_000;

  @TempDir Path directory;

  @Test
  void hostileHeaders_areRefusedInLittleMemory() throws Exception {
    Path string = header("string", "{\"", i -> "x".repeat(1_000));
    Path shape = header("shape", "{\"a\":{\"shape\":[", i -> "1,".repeat(1_000));
    Path nested = header("nested", "{\"a\":", i -> "[".repeat(1_000));
    Path names =
        header("names", "{", i -> RawFile.entry(i + "x".repeat(930), "F32", "[0]", "[0,0]") + ",");
    Path tensors = header("tensors", "{", i -> RawFile.entry("" + i, "F32", "[0]", "[0,0]") + ",");
    Path metadata = header("metadata", "{\"__metadata__\":{", i -> "\"" + i + "\":\"\",");
    Path spaces = header("spaces", "{", i -> " ".repeat(1_000));

    assertThat(refusals(string, shape, nested, names, tensors, metadata, spaces))
        .containsExactly(
            string + ": header: strings must be at most 1000000 characters",
            shape + ": tensor a: shape must have at most 16 numbers",
            nested + ": tensor a must be an object, got an array",
            names + ": header is not valid JSON at $.…",
            tensors + ": must have at most 100000 tensors",
            metadata + ": __metadata__: must have at most 10000 entries",
            spaces + ": header is not valid JSON at $.…");
  }

  /** Reads files that must be refused. Runs in a Java machine of its own. */
  static final class Reader {

    private Reader() {}

    public static void main(String[] files) {
      for (String file : files) {
        try {
          SafetensorsFile.read(Path.of(file));
        } catch (IllegalArgumentException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  private static String[] refusals(Path... files) throws Exception {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx96m",
            "-cp",
            System.getProperty("java.class.path"),
            Reader.class.getName());
    for (Path file : files) {
      java.command().add(file.toString());
    }
    Process process = java.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    // The place where the spaces begin is beside the point.
    return output.replaceAll("at \\$\\..*", "at \\$.…").split("\n");
  }

  private Path header(String name, String start, IntFunction<String> piece) throws IOException {
    Path file = directory.resolve(name);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, HEADER);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(length.array());
      byte[] bytes = start.getBytes(UTF_8);
      int written = 0;
      for (int i = 0; written + bytes.length <= HEADER; i++) {
        out.write(bytes);
        written += bytes.length;
        bytes = piece.apply(i).getBytes(UTF_8);
      }
      out.write(" ".repeat(HEADER - written).getBytes(UTF_8));
    }
    return file;
  }
}
