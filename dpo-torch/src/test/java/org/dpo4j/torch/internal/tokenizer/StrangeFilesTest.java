package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of a model's directory that are no files, or lead out of it. */
final class StrangeFilesTest {

  private static final String TEMPLATE = "chat_template.jinja";

  @TempDir private Path directory;

  @ParameterizedTest
  @Timeout(20)
  @ValueSource(
      strings = {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "generation_config.json",
        TEMPLATE,
        "model.safetensors",
        "model.safetensors.index.json"
      })
  void pipeOrFolder_isRefusedAtOnce(String name) throws Exception {
    Path file = prepared(name);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertRefused(name, file + ": must be a regular file");

    Files.delete(file);
    Files.createDirectory(file);
    assertRefused(name, file + ": must be a regular file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        TEMPLATE,
        "additional_chat_templates/tool_use.jinja",
        "model.safetensors"
      })
  void linkOutOfTheDirectoryOrToNothing_isRefused(String name, @TempDir Path elsewhere)
      throws IOException {
    Path file = prepared(name);
    Path secret = Files.writeString(elsewhere.resolve("secret"), "{}").toRealPath();
    Files.createSymbolicLink(file, secret);
    assertRefused(
        name, file + ": must not be a link to outside of its directory, got one to " + secret);

    Files.delete(secret);
    assertRefused(name, file + ": must not be a link to nothing");
  }

  @Test
  void linksWithinTheDirectory_areRead() throws IOException {
    ModelCopy.in(directory);
    Files.move(directory.resolve("tokenizer.json"), directory.resolve("t"));
    Files.createSymbolicLink(directory.resolve("tokenizer.json"), Path.of("t"));

    ModelTokenizer.load(directory).close();
  }

  @Test
  void snapshotOfAHuggingFaceCache_isRead() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    Path snapshot = Files.createDirectories(directory.resolve("snapshots/0123"));
    Path templates = Files.createDirectory(snapshot.resolve("additional_chat_templates"));
    ModelCopy.in(blobs).write("a", "{{ messages }}").write("b", "{\"hidden_size\": 8}");
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs").resolve(name));
    }
    Files.createSymbolicLink(snapshot.resolve(TEMPLATE), Path.of("../../blobs/a"));
    Files.createSymbolicLink(templates.resolve("tool_use.jinja"), Path.of("../../../blobs/a"));
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/b"));

    ModelTokenizer.load(snapshot).close();
    assertThat(ModelConfig.read(snapshot.resolve("config.json")).requireInt("hidden_size", 1, 9))
        .isEqualTo(8);
  }

  private Path prepared(String name) throws IOException {
    ModelCopy.in(directory);
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.deleteIfExists(file);
    return file;
  }

  private void assertRefused(String name, String message) {
    assertThatThrownBy(
            () -> {
              if (name.equals("config.json")) {
                ModelConfig unused = ModelConfig.read(directory.resolve(name));
              } else if (name.startsWith("model.")) {
                Object unused = Checkpoint.read(directory);
              } else {
                ModelTokenizer.load(directory).close();
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
