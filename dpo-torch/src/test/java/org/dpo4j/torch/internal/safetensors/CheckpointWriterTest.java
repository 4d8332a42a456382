package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointWriterTest {

  @TempDir Path directory;

  @Test
  void tensorsThatFitOneFile_areOneFile() throws Exception {
    CheckpointWriter.write(directory.resolve("a/b"), tensors(4, 3), 7);

    assertThat(names(directory.resolve("a/b"))).containsExactly("model.safetensors");
    assertThat(Checkpoint.read(directory.resolve("a/b"))).containsOnlyKeys("t0", "t1");
    assertThat(SafetensorsFile.metadata(directory.resolve("a/b/model.safetensors")))
        .isEqualTo(ImmutableMap.of("format", "pt"));
  }

  @Test
  void tensorsThatDoNot_fillShardsInTheirOrder() throws Exception {
    CheckpointWriter.write(directory, tensors(4, 3, 9, 0, 1, 6, 2), 7);

    assertThat(names(directory))
        .containsExactly(
            "model-00001-of-00004.safetensors",
            "model-00002-of-00004.safetensors",
            "model-00003-of-00004.safetensors",
            "model-00004-of-00004.safetensors",
            "model.safetensors.index.json");
    assertThat(Files.readString(directory.resolve("model.safetensors.index.json")))
        .isEqualTo(
            """
            {
              "metadata": {
                "total_size": 25
              },
              "weight_map": {
                "t0": "model-00001-of-00004.safetensors",
                "t1": "model-00001-of-00004.safetensors",
                "t2": "model-00002-of-00004.safetensors",
                "t3": "model-00003-of-00004.safetensors",
                "t4": "model-00003-of-00004.safetensors",
                "t5": "model-00003-of-00004.safetensors",
                "t6": "model-00004-of-00004.safetensors"
              }
            }
            """);
    assertThat(Checkpoint.read(directory)).hasSize(7);
    assertThat(SafetensorsFile.metadata(directory.resolve("model-00004-of-00004.safetensors")))
        .isEqualTo(ImmutableMap.of("format", "pt"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20_000, Long.MAX_VALUE})
  void checkpointOfTransformers_comesBackBitForBit(long maxShardBytes) throws Exception {
    Path qwen =
        Path.of(
            Objects.requireNonNull(CheckpointWriterTest.class.getResource("/models/qwen2"))
                .toURI());
    ImmutableMap<String, TensorEntry> expected = Checkpoint.read(qwen);

    CheckpointWriter.write(directory, Sources.copies(expected.values()), maxShardBytes);

    ImmutableMap<String, TensorEntry> written = Checkpoint.read(directory);
    assertThat(written.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          TensorEntry copy = Objects.requireNonNull(written.get(name));
          assertThat(copy.type()).isEqualTo(tensor.type());
          assertThat(copy.shape()).isEqualTo(tensor.shape());
          assertThat(Sources.bytes(copy)).isEqualTo(Sources.bytes(tensor));
        });
  }

  @Test
  void shardThatFails_leavesNothing() throws Exception {
    ImmutableList<TensorSource> tensors =
        ImmutableList.of(Sources.ones("a", 5), Sources.failing("b", 5, 2), Sources.ones("c", 5));

    assertThatThrownBy(() -> CheckpointWriter.write(directory, tensors, 5))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot write "
                + directory.resolve("model-00002-of-00003.safetensors")
                + ": tensor b: java.io.IOException: the disk is on fire");
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void singleFile_isReplacedByASingleFile() {
    CheckpointWriter.write(directory, tensors(4), 10);
    CheckpointWriter.write(directory, tensors(1, 2), 10);

    assertThat(Checkpoint.read(directory)).hasSize(2);
  }

  @Test
  void singleFile_isNotReplacedByShards() throws Exception {
    CheckpointWriter.write(directory, tensors(4), 10);

    assertNotMixed(tensors(6, 6), "model.safetensors");
    assertThat(Checkpoint.read(directory)).hasSize(1);
  }

  @Test
  void shards_areNotReplaced() throws Exception {
    CheckpointWriter.write(directory, tensors(6, 6, 6), 10);

    assertNotMixed(tensors(4), "model.safetensors.index.json");
    assertNotMixed(tensors(7, 7, 7), "model.safetensors.index.json");
    assertThat(Checkpoint.read(directory)).hasSize(3);
  }

  @Test
  void shardsWithoutIndex_areNotReplaced() throws Exception {
    CheckpointWriter.write(directory, tensors(6, 6), 10);
    Files.delete(directory.resolve("model.safetensors.index.json"));

    assertNotMixed(tensors(7, 7), "model-00001-of-00002.safetensors");
  }

  @Test
  void emptyOrRepeatedTensors_areRefused() {
    assertThatThrownBy(() -> CheckpointWriter.write(directory, ImmutableList.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(directory + ": must get at least one tensor");
    assertThatThrownBy(
            () ->
                CheckpointWriter.write(
                    directory, ImmutableList.of(Sources.ones("w", 1), Sources.ones("w", 1)), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(directory + ": tensor w must be there once, got it twice");
    assertThatThrownBy(() -> CheckpointWriter.write(directory, tensors(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxShardBytes must be ≥ 1, got 0");
  }

  private void assertNotMixed(List<TensorSource> tensors, String inTheWay) throws Exception {
    List<String> before = names(directory);
    assertThatThrownBy(() -> CheckpointWriter.write(directory, tensors, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            directory.resolve(inTheWay)
                + ": must not be there yet: it would be mixed up with the checkpoint to be written;"
                + " write that to another directory, or remove this");
    assertThat(names(directory)).isEqualTo(before);
  }

  private static List<TensorSource> tensors(int... sizes) {
    ImmutableList.Builder<TensorSource> tensors = ImmutableList.builder();
    for (int i = 0; i < sizes.length; i++) {
      tensors.add(Sources.ones("t" + i, sizes[i]));
    }
    return tensors.build();
  }

  private static List<String> names(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
