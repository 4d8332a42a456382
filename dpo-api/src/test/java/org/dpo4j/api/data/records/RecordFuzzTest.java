package org.dpo4j.api.data.records;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files damaged at random: every failure names the file, and what is read is read again. */
class RecordFuzzTest {

  private static final int TRIES = 600;

  private static final String JSON =
      """
      {"prompt": "Name a colour \\u00e9\\ud83d\\ude00.", "chosen": "Blue, [1]", "n": [1, -2.5e3, null]}
      {"prompt": "", "chosen": {"role": "assistant", "content": "\\"{}\\""}, "ok": true}

      {"prompt": "third", "chosen": "x"}
      """;

  private static final String CSV =
      """
      prompt,chosen,n
      "a ""quoted"" one","line one
      line two, and more",3
      plain,text é😀,4
      """;

  @TempDir Path folder;

  private static byte[] content(String name) {
    String text =
        name.contains("csv")
            ? CSV
            : name.endsWith(".json") ? "[" + JSON.strip().replaceAll("\n+", ",\n") + "]" : JSON;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Some bytes changed, dropped, doubled or cut off. */
  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] signs = "\"\\{}[],:\n\r\t eE+-.0\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int end = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
    double rate = random.nextInt(3) / (double) bytes.length;
    for (int i = 0; i < end; i++) {
      if (random.nextDouble() >= rate) {
        out.write(bytes[i]);
      } else if (random.nextInt(3) > 0) {
        out.write(signs[random.nextInt(signs.length)]);
        out.write(random.nextBoolean() ? random.nextInt(256) : bytes[i]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json", "a.csv", "a.jsonl.gz", "a.csv.gz"})
  void damagedFile_isReadOrRefusedByName(String name) throws IOException {
    Path path = folder.resolve(name);
    byte[] whole = name.endsWith(".gz") ? gzip(content(name)) : content(name);
    int refused = 0;
    int malformed = 0;
    for (int seed = 0; seed < TRIES; seed++) {
      Files.write(path, damaged(whole, new Random(seed)));
      try {
        malformed += read(path);
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e).as("seed %d", seed).hasMessageMatching("(?s)\\Q" + path + "\\E:(\\d+:)? .*");
      }
    }
    assertThat(refused + malformed).isGreaterThan(TRIES / 20);
  }

  private static int read(Path path) {
    RecordFile file = RecordFile.open(path, 150, Part.TRAINING);
    int malformed = 0;
    try (Records records = file.records()) {
      while (records.advance()) {
        try {
          DataRecord record = records.record();
          if (file.isSeekable()) {
            assertThat(file.read(records.position())).isEqualTo(record);
          }
        } catch (MalformedRecordException e) {
          malformed++;
          assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        }
      }
    }
    return malformed;
  }

  @Test
  void csv_isCutWhereTheLibraryCutsIt() throws IOException {
    Path path = folder.resolve("a.csv");
    char[] signs = {'"', '"', ',', '\n', 'x', ' ', '\r'};
    for (int seed = 0; seed < TRIES; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder("a,b\n");
      for (int field = 0; field < 8; field++) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
          value.append(signs[random.nextInt(signs.length)]);
        }
        boolean quoted = value.toString().matches("(?s).*[\",\n\r].*");
        text.append(quoted ? "\"" + value.toString().replace("\"", "\"\"") + "\"" : value)
            .append(field % 2 == 0 ? "," : random.nextBoolean() ? "\n" : "\r\n");
      }
      Files.writeString(path, text);

      List<String> ours = new ArrayList<>();
      RecordFile file = RecordFile.open(path, 1000, Part.TRAINING);
      try (Records records = file.records()) {
        while (records.advance()) {
          try {
            ours.add(
                records.record().fields().asMap().values().stream()
                    .map(value -> value.getAsString())
                    .toList()
                    .toString());
          } catch (MalformedRecordException e) {
            throw new AssertionError("seed " + seed, e);
          }
        }
      }
      List<String> theirs = new ArrayList<>();
      try (var reader = CsvReader.builder().ofCsvRecord(text.toString())) {
        reader.stream().skip(1).map(record -> record.getFields().toString()).forEach(theirs::add);
      }
      assertThat(ours).as("seed %d", seed).isEqualTo(theirs);
    }
  }
}
