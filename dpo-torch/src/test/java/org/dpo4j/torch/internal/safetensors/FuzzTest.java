package org.dpo4j.torch.internal.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of spoilt files, each of which is either read rightly or refused by name. */
@Tag("fuzz")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class FuzzTest {

  private static final int FILES = 6_000;
  private static final int CHECKPOINTS = 2_000;

  @TempDir Path directory;

  @Test
  void spoiltFile_isReadRightlyOrRefusedByName() throws Exception {
    byte[] valid = valid();
    Mutations mutations = new Mutations(20_261_124);
    int read = 0;
    for (int i = 0; i < FILES; i++) {
      // Another name each time: some systems are slow to change a file that was just mapped.
      Path file = directory.resolve(i + ".safetensors");
      byte[] bytes = mutations.spoil(valid);
      Files.write(file, bytes);
      if (isRead(i, file, bytes.length, () -> SafetensorsFile.read(file))) {
        read++;
      }
      Files.delete(file);
    }

    // Both outcomes are met often.
    assertThat(read).isBetween(FILES / 50, FILES / 2);
  }

  @Test
  void spoiltIndex_isReadRightlyOrRefusedByName() throws Exception {
    ImmutableList<TensorSource> tensors =
        ImmutableList.of(Sources.ones("a", 4), Sources.ones("b", 4), Sources.ones("c", 4));
    CheckpointWriter.write(directory, tensors, 8);
    Path outside = RawFile.write(directory.resolveSibling("outside.safetensors"), "{}", 0);
    Path index = directory.resolve("model.safetensors.index.json");
    String valid = Files.readString(index);
    Mutations mutations = new Mutations(20_261_124);
    int read = 0;
    for (int i = 0; i < CHECKPOINTS; i++) {
      String json = mutations.spoilText(valid);
      if (i % 4 == 0) {
        json = json.replace("model-00001", "../model-00001").replace("c\": \"", "c\": \"/");
      }
      Files.write(index, json.getBytes(UTF_8));
      if (isRead(i, directory, -1, () -> Checkpoint.read(directory))) {
        read++;
      }
    }
    Files.delete(outside);

    assertThat(read).isBetween(CHECKPOINTS / 50, CHECKPOINTS / 2);
  }

  /** Reads; checks what was read, or why it was not. */
  private static boolean isRead(
      int seed, Path place, long bytes, Supplier<ImmutableMap<String, TensorEntry>> reader)
      throws Exception {
    ImmutableMap<String, TensorEntry> tensors;
    try {
      tensors = reader.get();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      assertThat(e).as("file %d", seed).hasMessageContaining(place.toString());
      assertThat(e.getMessage()).as("file %d", seed).hasSizeLessThan(2_000).doesNotContain("\0");
      return false;
    }
    long data = 0;
    for (Map.Entry<String, TensorEntry> entry : tensors.entrySet()) {
      TensorEntry tensor = entry.getValue();
      assertThat(tensor.name()).isEqualTo(entry.getKey());
      assertThat(tensor.map().remaining()).isEqualTo((int) tensor.bytes());
      tensor.read(64, (at, chunk) -> assertThat(chunk.remaining()).isPositive());
      data += tensor.bytes();
    }
    if (bytes >= 0) {
      ByteBuffer start = ByteBuffer.wrap(Files.readAllBytes(place)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(8 + start.getLong() + data).as("file %d", seed).isEqualTo(bytes);
    }
    return true;
  }

  private byte[] valid() throws Exception {
    Path file = directory.resolve("valid.safetensors");
    SafetensorsWriter.write(
        file,
        ImmutableList.of(
            Sources.ones("a", 6),
            Sources.of("b", TensorType.F32, TensorShape.of(2, 3), new byte[24]),
            Sources.of("none", TensorType.F64, TensorShape.of(0), new byte[0]),
            Sources.of("scalar", TensorType.BF16, TensorShape.of(), new byte[2]),
            Sources.of("six", TensorType.F6_E2M3, TensorShape.of(2, 2), new byte[3])),
        ImmutableMap.of("format", "pt"));
    return Files.readAllBytes(file);
  }
}
