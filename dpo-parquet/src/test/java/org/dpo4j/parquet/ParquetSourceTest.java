package org.dpo4j.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that pyarrow wrote; generate.py, beside them, says what is in them. */
class ParquetSourceTest {

  @TempDir Path folder;

  private static Path file(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ParquetSourceTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    try (InputStream in = new ParquetSource().jsonLines(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "none", "lz4"})
  void pairsAreReadFromAFile_whateverItsCompression(String codec) {
    Path path = file("pairs-" + codec + ".parquet");
    try (FileData<PreferenceDataset> data =
        PreferenceFiles.at(path).temporaryFolder(folder).pairs()) {
      PreferencePair last = data.dataset().get(2);

      assertThat(data.dataset().size()).isEqualTo(3);
      assertThat(last.id()).isEqualTo(path.getFileName() + ":row 3");
      assertThat(last.chosen()).isEqualTo(Text.of(List.of(Message.assistant("White."))));
      assertThat(last.prompt()).isEqualTo(Text.of(List.of(Message.user("Snow ☃?"))));
      assertThat(last.ratingGap()).hasValue(8.0);
      assertThat(last.margin()).isEmpty();
      assertThat(data.dataset().get(0).rejected())
          .as("again, from before")
          .isEqualTo(Text.of(List.of(Message.assistant("Red."))));
      DataSummary summary = data.summary();
      assertThat(summary.records()).isEqualTo(4);
      assertThat(summary.skipped(SkipReason.IDENTICAL) + summary.skipped(SkipReason.TIED))
          .isEqualTo(1);
      assertThat(summary.toString()).contains("(Parquet)", path + ":row 4: ");
    }
    assertThat(folder).as("temporary files are deleted").isEmptyDirectory();
  }

  @Test
  void inMemoryNothingIsWritten() {
    PreferenceDataset pairs =
        PreferenceFiles.at(file("pairs-zstd.parquet"))
            .temporaryFolder(folder.resolve("missing"))
            .inMemory()
            .pairs()
            .dataset();

    assertThat(pairs.size()).isEqualTo(3);
  }

  @Test
  void aFolderOfShardsIsOneDataSet() throws IOException {
    Files.copy(file("pairs-zstd.parquet"), folder.resolve("train-00000-of-00002.parquet"));
    Files.copy(file("pairs-none.parquet"), folder.resolve("train-00001-of-00002.parquet"));
    Files.writeString(folder.resolve("README.md"), "about");

    assertThat(PreferenceFiles.at(folder).inMemory().pairs().dataset().size()).isEqualTo(6);
  }

  @Test
  void everyTypeBecomesJson() throws IOException {
    List<String> lines = lines(file("everything.parquet"));

    assertThat(lines).hasSize(2);
    assertThat(JsonParser.parseString(lines.get(0)))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"text": "a\\n\\"b\\"", "dictionary": "x", "bytes": "plain", "int8": -1,
                 "uint32": 4294967295, "uint64": 18446744073709551615, "double": 0.1,
                 "boolean": true, "decimal": 1.50, "list": ["a", null], "lists": [[1, 2], []],
                 "struct": {"a": 1, "b": {"c": "d"}}, "map": {"k": 1, "l": null}}
                """));
    assertThat(JsonParser.parseString(lines.get(1)))
        .as("what is null is left out")
        .isEqualTo(
            JsonParser.parseString(
                """
                {"dictionary": "x", "bytes": "//4=", "uint32": 1, "uint64": 1, "double": "NaN",
                 "boolean": false, "list": [], "map": {}}
                """));
  }

  @Test
  void aFileIsReadByteByByteAsWell() throws IOException {
    Path file = file("pairs-zstd.parquet");
    try (InputStream in = new ParquetSource().jsonLines(file)) {
      StringBuilder text = new StringBuilder();
      for (int read = in.read(); read >= 0; read = in.read()) {
        text.append((char) read);
      }
      assertThat(text.toString().lines().count()).isEqualTo(4);
      assertThat(in.read(new byte[0])).isZero();
      assertThat(in.read(new byte[1])).isEqualTo(-1);
    }
  }

  @Test
  void anUnknownCompressionIsNamed() {
    Path file = file("pairs-brotli.parquet");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).inMemory().pairs())
        .withMessage(
            file
                + ": is not a whole Parquet file, or can't be read: it is compressed by BROTLI; write it with Snappy,"
                + " Zstandard, gzip, raw LZ4 or not compressed");
  }

  @Test
  void whatIsNoParquetFileIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.parquet"), "{\"prompt\":\"Sky?\"}\n");
    Path empty = Files.writeString(folder.resolve("b.parquet"), "");
    byte[] whole = Files.readAllBytes(file("pairs-zstd.parquet"));
    Path half = Files.write(folder.resolve("c.parquet"), Arrays.copyOf(whole, whole.length / 2));

    for (Path file : List.of(text, empty, half)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PreferenceFiles.at(file).inMemory().pairs())
          .withMessageStartingWith(file + ": is not a whole Parquet file, or can't be read: ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "none", "lz4"})
  void damagedBytesGiveRecordsOrAnErrorThatNamesTheFile(String codec) throws IOException {
    byte[] whole = Files.readAllBytes(file("pairs-" + codec + ".parquet"));
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < Integer.getInteger("fuzz", 60); i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 + random.nextInt(255));
      Path file = Files.write(folder.resolve("damaged.parquet"), damaged);
      try {
        assertThat(lines(file)).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
