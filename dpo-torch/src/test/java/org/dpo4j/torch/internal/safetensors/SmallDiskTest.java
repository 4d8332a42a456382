package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full, or read-only: a file system of 256 kB, which only root can mount. */
final class SmallDiskTest {

  @TempDir Path directory;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "a small disk is made on Linux only");
    mounted = run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", directory.toString());
    assumeTrue(mounted, "this user may not mount a small disk");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", directory.toString())).isTrue();
    }
  }

  @Test
  void fullDisk_leavesTheFileThatWasThere() throws Exception {
    Path file = directory.resolve("model.safetensors");
    CheckpointWriter.write(directory, ImmutableList.of(Sources.ones("w", 50_000)), 1_000_000);
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(
            () ->
                CheckpointWriter.write(
                    directory,
                    ImmutableList.of(Sources.ones("a", 50_000), Sources.ones("w", 300_000)),
                    1_000_000))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot write %s: tensor w: java.io.IOException: No space left on device", file);
    assertThat(names()).containsExactly("model.safetensors");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void fullDisk_leavesNoShards() throws Exception {
    ImmutableList<TensorSource> tensors =
        ImmutableList.of(
            Sources.ones("a", 100_000), Sources.ones("b", 100_000), Sources.ones("c", 100_000));

    assertThatThrownBy(() -> CheckpointWriter.write(directory, tensors, 100_000))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot write %s: tensor c: java.io.IOException: No space left on device",
            directory.resolve("model-00003-of-00003.safetensors"));
    assertThat(names()).isEmpty();
  }

  @Test
  void readOnlyDisk_isMappedAllTheSame() throws Exception {
    Path file = directory.resolve("model.safetensors");
    SafetensorsWriter.write(file, ImmutableList.of(Sources.ones("w", 8)), ImmutableMap.of());
    assertThat(run("mount", "-o", "remount,ro", directory.toString())).isTrue();

    ByteBuffer data = RawFile.tensor(file, "w").map();
    data.putLong(0, 0);

    assertThat(Sources.bytes(RawFile.tensor(file, "w"))).containsOnly(1);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, ImmutableList.of(), ImmutableMap.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot write " + file)
        .hasMessageEndingWith("Read-only file system");
  }

  private ImmutableList<String> names() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .sorted()
          .collect(ImmutableList.toImmutableList());
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
