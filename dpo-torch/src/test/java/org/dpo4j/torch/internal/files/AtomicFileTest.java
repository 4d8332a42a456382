package org.dpo4j.torch.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {

  @TempDir Path directory;

  @Test
  void text_isWrittenAndReplacesWhatWasThere() throws Exception {
    Path file = directory.resolve("a.json");

    AtomicFile.writeText(file, "a longer text");
    AtomicFile.writeText(file, "é");

    assertThat(Files.readString(file)).isEqualTo("é");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void until_theContentIsWhole_theOldOneIsThere() throws Exception {
    Path file = directory.resolve("a.json");
    AtomicFile.writeText(file, "old");
    List<String> seen = new ArrayList<>();

    AtomicFile.write(
        file,
        out -> {
          out.write(ByteBuffer.wrap(new byte[] {'n'}));
          seen.add(Files.readString(file));
          seen.addAll(files().stream().map(path -> path.getFileName().toString()).toList());
          out.write(ByteBuffer.wrap(new byte[] {'e', 'w'}));
        });

    assertThat(seen.get(0)).isEqualTo("old");
    assertThat(seen.subList(1, 3))
        .anyMatch(name -> name.matches("\\.a\\.json\\.[0-9a-f]{16}\\.tmp"))
        .contains("a.json");
    assertThat(Files.readString(file)).isEqualTo("new");
  }

  @Test
  void contentThatFails_leavesWhatWasThere() throws Exception {
    Path file = directory.resolve("a.json");
    AtomicFile.writeText(file, "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(ByteBuffer.allocate(3));
                      throw new IOException("no more");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("cannot write " + file + ": java.io.IOException: no more");
    IllegalStateException mine = new IllegalStateException("mine");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      throw mine;
                    }))
        .isSameAs(mine);

    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void nameOfADirectory_isRefusedAndNothingIsLeft() throws Exception {
    Path taken = Files.createDirectory(directory.resolve("taken"));
    Files.createFile(taken.resolve("file"));

    assertThatThrownBy(() -> AtomicFile.writeText(taken, "text"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot write " + taken + ": ");

    assertThat(files()).containsExactly(taken);
  }

  @Test
  void link_isReplacedAndNotFollowed() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);

    AtomicFile.writeText(link, "new");

    assertThat(Files.readString(target)).isEqualTo("old");
    assertThat(link).isRegularFile().hasContent("new");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @Test
  void interruptedThread_leavesWhatWasThere() throws Exception {
    Path file = directory.resolve("a.json");
    AtomicFile.writeText(file, "old");

    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> AtomicFile.writeText(file, "new"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("cannot write %s: java.nio.channels.ClosedByInterruptException", file);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void directories_areMadeWithThoseAbove() {
    Path deep = directory.resolve("a/b/c");

    AtomicFile.createDirectories(deep);
    AtomicFile.createDirectories(deep);

    assertThat(deep).isDirectory();
  }

  @Test
  void directoryWhereAFileIs_isRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> AtomicFile.createDirectories(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot make the directory %s: java.nio.file.FileAlreadyExistsException: %s",
            file, file);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
