package org.dpo4j.torch.internal.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointTest {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path directory;

  @Test
  void singleFile_isRead() {
    file(SINGLE, "a");

    assertThat(Checkpoint.read(directory)).containsOnlyKeys("a");
  }

  @Test
  void shards_areReadInTheOrderOfTheirNames() {
    index("{\"b\":\"2.safetensors\",\"a\":\"1.safetensors\"}");
    file("2.safetensors", "b");
    file("1.safetensors", "a");
    file("stray.safetensors", "c");

    assertThat(Checkpoint.read(directory).keySet()).containsExactly("a", "b");
    assertThat(RawFile.tensor(directory.resolve("2.safetensors"), "b"))
        .isEqualTo(Checkpoint.read(directory).get("b"));
  }

  @Test
  void indexOfTheSingleFile_isChecked() {
    file(SINGLE, "a");
    index("{\"a\":\"model.safetensors\"}");
    assertThat(Checkpoint.read(directory)).containsOnlyKeys("a");

    index("{\"a\":\"model.safetensors\",\"b\":\"model.safetensors\"}");
    assertRefused(
        directory.resolve(INDEX)
            + ": 1 of 2 tensors are not in the shards it places them in: b in model.safetensors");
  }

  @Test
  void singleFileBesideShards_isRefused() {
    file(SINGLE, "a");
    file("1.safetensors", "a");
    index("{\"a\":\"1.safetensors\"}");

    assertRefused(
        directory
            + ": must hold one checkpoint, got two: model.safetensors, and the shards of"
            + " model.safetensors.index.json; remove one of them");
  }

  @Test
  void missingShards_areNamed() {
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\",\"c\":\"3.safetensors\"}");
    file("2.safetensors", "b");

    assertRefused(
        directory.resolve(INDEX) + ": 2 of 3 shards are missing: 1.safetensors, 3.safetensors");
  }

  @Test
  void tensorTheIndexDoesNotName_isRefused() {
    index("{\"a\":\"1.safetensors\"}");
    file("1.safetensors", "b");

    assertRefused(
        directory.resolve("1.safetensors")
            + ": tensor b: must be where the index places it, which names it nowhere");
  }

  @Test
  void tensorInAnotherShard_isRefused() {
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}");
    file("1.safetensors", "b");
    file("2.safetensors", "b");

    assertRefused(
        directory.resolve("1.safetensors")
            + ": tensor b: must be where the index places it, in 2.safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../1.safetensors",
        "/etc/1.safetensors",
        "a/1.safetensors",
        "a\\\\1.safetensors",
        "C:1.safetensors",
        "..safetensors",
        ".safetensors",
        "1.bin",
        "1.safetensors ",
        ""
      })
  void shardThatIsNoPlainName_isRefused(String shard) {
    index("{\"a\":\"" + shard + "\"}");

    assertRefused(
        directory.resolve(INDEX)
            + ": tensor a: shard must be a plain name of a .safetensors file (ASCII letters, digits,"
            + " '.', '_', '-'), got "
            + shard.replace("\\\\", "\\"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|index must be an object, got an array",
        "{}|weight_map must be there and not empty",
        "{\"weight_map\":{}}|weight_map must be there and not empty",
        "{\"weight_map\":[]}|weight_map must be an object, got an array",
        "{\"weight_map\":{\"a\":1}}|tensor a: shard must be a string, got a number",
        "{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}}|weight_map: field a must"
            + " be there once, got it twice",
        "{\"weight_map\":{\"a\":\"x.safetensors\"}|index is not valid JSON at $.weight_map",
        "{\"metadata\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}|index is"
            + " not valid JSON at $.metadata[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
            + "[0][0][0][0][0][0][0][0][0][0][0][0]"
      })
  void brokenIndex_isRefused(String json, String message) {
    write(INDEX, json);

    assertRefused(directory.resolve(INDEX) + ": " + message);
  }

  @Test
  void linkOutOfTheDirectory_isRefused(@TempDir Path elsewhere) throws Exception {
    Path secret = RawFile.write(elsewhere.resolve("x.safetensors"), header("a"), 1).toRealPath();
    index("{\"a\":\"1.safetensors\"}");
    Files.createSymbolicLink(directory.resolve("1.safetensors"), secret);

    assertRefused(
        directory.resolve("1.safetensors")
            + ": must not be a link to outside of its directory, got one to "
            + secret);
  }

  @Test
  void singleFileThatIsALinkOutOfTheDirectory_isRefused(@TempDir Path elsewhere) throws Exception {
    Path secret = RawFile.write(elsewhere.resolve("x.safetensors"), header("a"), 1).toRealPath();
    Files.createSymbolicLink(directory.resolve(SINGLE), secret);

    assertRefused(
        directory.resolve(SINGLE)
            + ": must not be a link to outside of its directory, got one to "
            + secret);
  }

  @Test
  void linkWithinTheDirectory_isRead() throws Exception {
    file("x.safetensors", "a");
    Files.createSymbolicLink(directory.resolve(SINGLE), Path.of("x.safetensors"));

    assertThat(Checkpoint.read(directory)).containsOnlyKeys("a");
  }

  @Test
  void snapshotOfAHuggingFaceCache_isRead() throws Exception {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    RawFile.write(blobs.resolve("0123"), header("a"), 1);
    RawFile.write(
        blobs.resolve("4567"), "{\"weight_map\":{\"a\":\"1.safetensors\"}}".getBytes(UTF_8));
    Path snapshot = Files.createDirectories(directory.resolve("snapshots/main"));
    Files.createSymbolicLink(snapshot.resolve("1.safetensors"), Path.of("../../blobs/0123"));
    Files.createSymbolicLink(snapshot.resolve(INDEX), Path.of("../../blobs/4567"));

    assertThat(Checkpoint.read(snapshot)).containsOnlyKeys("a");
  }

  @Test
  void directoryThatIsNot_isRefused() {
    Path nowhere = directory.resolve("nowhere");
    Path file = write("file", "");

    assertThatThrownBy(() -> Checkpoint.read(nowhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(nowhere + ": must be a directory, there is none");
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": must be a directory");
  }

  @Test
  void emptyDirectory_isRefused() {
    assertRefused(
        directory + ": must hold model.safetensors or model.safetensors.index.json, got neither");
  }

  @Test
  void shardsWithoutIndex_areRefused() {
    file("model-00001-of-00002.safetensors", "a");
    file("model-00002-of-00002.safetensors", "b");

    assertRefused(
        directory
            + ": must hold model.safetensors or model.safetensors.index.json, got only"
            + " model-00001-of-00002.safetensors, model-00002-of-00002.safetensors");
  }

  @Test
  void pickles_areNeverOpened() {
    write("pytorch_model.bin", "anything");
    write("optimizer.pt", "anything");

    assertRefused(
        directory
            + ": must hold model.safetensors or model.safetensors.index.json, got only optimizer.pt,"
            + " pytorch_model.bin. Pickle files are never opened: reading one can run any program"
            + " inside it. Convert them where you trust them, with Python: from transformers import"
            + " AutoModelForCausalLM as M;"
            + " M.from_pretrained('DIRECTORY').save_pretrained('NEW_DIRECTORY')");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Checkpoint.read(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private void file(String name, String tensor) {
    RawFile.write(directory.resolve(name), header(tensor), 1);
  }

  private void index(String weightMap) {
    write(INDEX, "{\"metadata\":{\"total_size\":1},\"weight_map\":" + weightMap + "}");
  }

  private Path write(String name, String text) {
    return RawFile.write(directory.resolve(name), text.getBytes(UTF_8));
  }

  private static String header(String tensor) {
    return "{" + RawFile.entry(tensor, "U8", "[1]", "[0,1]") + "}";
  }
}
