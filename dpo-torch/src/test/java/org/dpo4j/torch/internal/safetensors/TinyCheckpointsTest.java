package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that Python's safetensors wrote. */
final class TinyCheckpointsTest {

  static ImmutableList<Path> files() throws Exception {
    try (Stream<Path> files = Files.walk(resource("/models").getParent())) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .sorted()
          .collect(ImmutableList.toImmutableList());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFile_isReadToItsLastByte(Path file) throws Exception {
    ImmutableMap<String, TensorEntry> tensors = SafetensorsFile.read(file);

    TensorEntry last = tensors.values().asList().get(tensors.size() - 1);
    assertThat(last.offset() + last.bytes()).isEqualTo(Files.size(file));
    assertThat(tensors.values())
        .allSatisfy(tensor -> assertThat(bytes(tensor)).isEqualTo(map(tensor)));
  }

  @Test
  void everyTinyFile_isTested() throws Exception {
    // 11 models, one of 8 shards, each with expected values and an adapter, one more adapter, and 4
    // reward models with expected values.
    assertThat(files()).hasSize(11 + 7 + 11 + 11 + 1 + 4 + 4);
  }

  @Test
  void shardedCheckpoint_isReadAsOne() throws Exception {
    ImmutableMap<String, TensorEntry> tensors = Checkpoint.read(resource("/models/llama3"));

    assertThat(tensors.values().stream().map(tensor -> tensor.file().getFileName()).distinct())
        .hasSize(8);
    assertThat(tensors.values().stream().mapToLong(TensorEntry::bytes).sum()).isEqualTo(185_216);
    assertThat(named(tensors, "model.embed_tokens.weight").file().getFileName())
        .hasToString("model-00001-of-00008.safetensors");
  }

  @Test
  void halfPrecision_isKept() throws Exception {
    TensorEntry embedding =
        named(Checkpoint.read(resource("/models/qwen2")), "model.embed_tokens.weight");

    assertThat(embedding.type()).isEqualTo(TensorType.BF16);
    assertThat(embedding.shape()).isEqualTo(TensorShape.of(385, 32));
    assertThat(SafetensorsFile.metadata(embedding.file()))
        .containsExactly(Map.entry("format", "pt"));
  }

  private static TensorEntry named(ImmutableMap<String, TensorEntry> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name));
  }

  private static byte[] map(TensorEntry tensor) {
    byte[] bytes = new byte[(int) tensor.bytes()];
    tensor.map().get(bytes);
    return bytes;
  }

  private static byte[] bytes(TensorEntry tensor) {
    ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes());
    tensor.read(1_000, (at, chunk) -> bytes.put((int) at, chunk, 0, chunk.remaining()));
    return bytes.array();
  }

  private static Path resource(String name) throws Exception {
    URI uri = Objects.requireNonNull(TinyCheckpointsTest.class.getResource(name)).toURI();
    return Path.of(uri);
  }
}
