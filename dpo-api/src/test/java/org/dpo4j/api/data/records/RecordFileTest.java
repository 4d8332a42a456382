package org.dpo4j.api.data.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFileTest {

  private static final int MAX_BYTES = 200;

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), name.endsWith(".gz") ? gzip(bytes) : bytes);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  /** Line and fields of each record, or what is wrong with it; each is read twice. */
  private static List<String> read(Path path) {
    RecordFile file = RecordFile.open(path, MAX_BYTES, Part.TRAINING);
    List<String> read = new ArrayList<>();
    try (Records records = file.records()) {
      while (records.advance()) {
        String line = records.place().number() + " ";
        try {
          DataRecord record = records.record();
          read.add(line + record.fields());
          if (file.isSeekable()) {
            assertThat(file.read(records.position())).isEqualTo(record);
          }
        } catch (MalformedRecordException e) {
          read.add(line + e.getMessage());
        }
      }
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.ndjson", "a.json", "A.JSONL", "a.jsonl.gz", "a.json.gz"})
  void jsonLines_areRecords_blankLinesAreNot(String name) throws IOException {
    assertThat(read(write(name, "\n{\"a\":1}\r\n  \n {\"a\":\"x\\n\"} \n{\"a\":[null,true,1.50]}")))
        .containsExactly("2 {\"a\":1}", "4 {\"a\":\"x\\n\"}", "5 {\"a\":[null,true,1.50]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{a:1} | is not valid JSON at $.",
        "{\"a\":NaN} | is not valid JSON at $.a",
        "{\"a\":'x'} | is not valid JSON at $.a",
        "{\"a\":\"x\" | is not valid JSON at $.a",
        "{\"a\":01} | is not valid JSON at $.a",
        "{\"a\":1} {\"a\":2} | is not valid JSON at $",
        "{\"a\":1,\"a\":2} | $.a must be there once, got it twice",
        "{\"a\":\"\\ud83d\"} | is not valid JSON at $.a: Unpaired surrogate characters are not allowed in strict mode",
        "{\"a\":\"\\ude00\\ud83d\"} | is not valid JSON at $.a: Unpaired surrogate characters are not allowed in strict mode",
        "[1] | must be a JSON object, got an array",
        "\"a\" | must be a JSON object, got a string",
        "null | must be a JSON object, got null",
        "7 | must be a JSON object, got a number",
      })
  void jsonLine_thatIsNoRecord_saysWhy_othersAreRead(String line, String message)
      throws IOException {
    List<String> read = read(write("a.jsonl", "{\"a\":0}\n" + line + "\n{\"a\":9}\n"));

    assertThat(read).hasSize(3);
    assertThat(read.get(0)).isEqualTo("1 {\"a\":0}");
    assertThat(read.get(1)).startsWith("2 " + message);
    assertThat(read.get(2)).isEqualTo("3 {\"a\":9}");
  }

  @Test
  void surrogatePair_escaped_isOneCharacter() throws IOException {
    assertThat(read(write("a.jsonl", "{\"a\":\"\\ud83d\\ude00\"}")))
        .containsExactly("1 {\"a\":\"😀\"}");
  }

  @Test
  void number_keepsItsDigits() throws IOException {
    assertThat(read(write("a.jsonl", "{\"id\":12345678901234567890123,\"x\":1e-3}")))
        .containsExactly("1 {\"id\":12345678901234567890123,\"x\":1e-3}");
  }

  @Test
  void nesting_deep_isMalformed() throws IOException {
    assertThat(read(write("a.jsonl", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}")))
        .singleElement()
        .asString()
        .startsWith("1 is not valid JSON at $.a[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.csv"})
  void record_notUtf8_isMalformed(String name) throws IOException {
    byte[] bytes = "{\"a\":\"_\"}\n{\"a\":2}".getBytes(StandardCharsets.UTF_8);
    bytes[6] = (byte) 0xe9;
    byte[] header = name.equals("a.csv") ? new byte[] {'a', '\n'} : new byte[0];
    byte[] file = Arrays.copyOf(header, header.length + bytes.length);
    System.arraycopy(bytes, 0, file, header.length, bytes.length);

    assertThat(read(write(name, file)).get(0)).endsWith(" must be UTF-8");
    assertThat(read(write(name, file))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json"})
  void byteOrderMark_isPassedOver(String name) throws IOException {
    assertThat(read(write(name, "\ufeff{\"a\":1}"))).containsExactly("1 {\"a\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.jsonl.gz"})
  void record_tooLong_isMalformed_othersAreRead(String name) throws IOException {
    String fits = "{\"a\":\"" + "x".repeat(MAX_BYTES - 8) + "\"}";
    assertThat(read(write(name, fits + "\n" + fits + " {}\n{\"b\":1}")))
        .containsExactly("1 " + fits, "2 a record must be at most 200 bytes", "3 {\"b\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.json", "a.json.gz"})
  void jsonArray_elementsAreRecords(String name) throws IOException {
    assertThat(
            read(
                write(
                    name, "\n[\n {\"a\": \"],[\\\"\"},\n\n {\"b\":\n [1,{}]} , {\"c\":2}\n]\n\n")))
        .containsExactly("3 {\"a\":\"],[\\\"\"}", "5 {\"b\":[1,{}]}", "6 {\"c\":2}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", " [ ] ", "\ufeff[\n]\n", "", "\n"})
  void jsonFile_mayBeEmpty(String text) throws IOException {
    assertThat(read(write("a.json", text))).isEmpty();
  }

  @Test
  void jsonArray_elementThatIsNoObject_isMalformed_othersAreRead() throws IOException {
    assertThat(read(write("a.json", "[3,{\"a\":1},{\"a\":1,\"a\":1}]")))
        .containsExactly(
            "1 must be a JSON object, got a number",
            "1 {\"a\":1}",
            "1 $.a must be there once, got it twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[{\"a\":1},\\n{\"a\":'2'}] | 2: is not valid JSON at $.a, so that the rest of the array can't be read",
        "[{\"a\":1},] | 1: is not valid JSON at $: End of input, so that the rest of the array can't be read",
        "[{\"a\":1}\\n | 1: the file ends within the element of the array that begins here; is it cut off?",
        "[{\"a\":1},\\n{\"a\":\"] | 2: the file ends within the element of the array that begins here; is it cut off?",
        "[{\"a\":1}]\\n] | 2: nothing may follow the end of the array",
      })
  void jsonArray_broken_saysWhere(String text, String message) throws IOException {
    Path file = write("a.json", text.replace("\\n", "\n"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(file))
        .withMessage(file + ":" + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.csv", "a.csv.gz", "a.tsv", "a.tsv.gz"})
  void separated_quotedFieldsMayHoldAnything(String name) throws IOException {
    String text = "\ufeffa,\"b b\"\r\n1,\"x\n\"\"y\"\",\"\r\n\r\n,\n\"\",say \"hi\"\n";

    assertThat(read(write(name, name.contains("csv") ? text : text.replace(",", "\t"))))
        .containsExactly(
            "2 {\"a\":\"1\",\"b b\":\"x\\n\\\"y\\\"" + (name.contains("csv") ? "," : "\\t") + "\"}",
            "5 {\"a\":\"\",\"b b\":\"\"}",
            "6 {\"a\":\"\",\"b b\":\"say \\\"hi\\\"\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1 | must have a field for each of the header's 2 columns, got 1",
        "1,2,3 | must have a field for each of the header's 2 columns, got 3",
        "\"1\"x,2 | is not one record of separated values: a quoted field must have its quotes doubled"
            + " and end before a separator or a line's end",
      })
  void separated_recordThatIsNone_isMalformed_othersAreRead(String line, String message)
      throws IOException {
    assertThat(read(write("a.csv", "a,b\n" + line + "\n3,4")))
        .containsExactly("2 " + message, "3 {\"a\":\"3\",\"b\":\"4\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "none",
      value = {
        "none | 1: must begin with a header, got an empty file",
        "a,a | 1: column 'a' must be in the header once, got it twice",
        "a,,b | 1: every column of the header must have a name, got [a, , b]",
        "a,b\\n1,\"2\\n3,4 | 2: a quoted field begins here and never ends, so that the rest can't be read",
      })
  void separated_broken_saysWhere(String text, String message) throws IOException {
    Path file = write("a.csv", text == null ? "" : text.replace("\\n", "\n"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(file))
        .withMessage(file + ":" + message);
  }

  @Test
  void gzip_cutOff_saysSo() throws IOException {
    byte[] zipped = gzip("{\"a\":1}\n{\"a\":2}\n".getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("a.jsonl.gz"), Arrays.copyOf(zipped, 25));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(file))
        .withMessage(file + ": is not a whole gzip file; it may be cut off, or not be gzip at all");
  }

  @Test
  void gzip_namedSoButNot_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl.gz"), "{\"a\":1}\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(file))
        .withMessage(file + ": is not a whole gzip file; it may be cut off, or not be gzip at all");
  }

  @Test
  void gzip_decompressed_isReadByPositionUnderItsOwnName() throws IOException {
    RecordFile zipped =
        RecordFile.open(write("a.jsonl.gz", "{\"a\":1}\n{\"a\":2}\n"), MAX_BYTES, Part.TRAINING);
    RecordFile plain = zipped.decompressedTo(folder.resolve("copy"), Long.MAX_VALUE);

    assertThat(zipped.isSeekable()).isFalse();
    assertThat(plain.isSeekable()).isTrue();
    try (Records records = plain.records()) {
      records.advance();
      records.advance();
      DataRecord record = plain.read(records.position());
      assertThat(record.fields()).hasToString("{\"a\":2}");
      assertThat(record.place()).hasToString(folder.resolve("a.jsonl.gz") + ":2");
      assertThat(record.place().shortName()).isEqualTo("a.jsonl.gz:2");
    }
  }

  @Test
  void positions_ofAFileThatChanged_areRefused() throws IOException {
    Path path = write("a.jsonl", "{\"a\":1}\n{\"a\":2}\n");
    RecordFile file = RecordFile.open(path, MAX_BYTES, Part.TRAINING);
    Position second;
    try (Records records = file.records()) {
      records.advance();
      records.advance();
      second = records.position();
    }
    String message = path + ":2: the file has changed since it was indexed; read it again";

    write("a.jsonl", "{\"a\":1}\n{\"a\":3}\n");
    assertThatIllegalStateException().isThrownBy(() -> file.read(second)).withMessage(message);
    write("a.jsonl", "{\"a\":1}\n");
    assertThatIllegalStateException().isThrownBy(() -> file.read(second)).withMessage(message);
  }

  @Test
  void open_refusesWhatIsNoDataFile() throws IOException {
    Path text = write("a.txt", "hello");
    Path missing = folder.resolve("a.csv");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFile.open(text, MAX_BYTES, Part.TRAINING))
        .withMessage(text + ": the name must end in one of " + FileKind.ENDINGS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFile.open(missing, MAX_BYTES, Part.TRAINING))
        .withMessage(missing + ": there is no such file");
  }

  @Test
  void folder_givesItsShardsInNameOrder() throws IOException {
    for (String name : List.of("b.jsonl", "a2.jsonl.gz", "a10.jsonl", ".x.jsonl", "_y.jsonl")) {
      write(name, "{}");
    }
    write("README.md", "");
    Files.createDirectory(folder.resolve("more.jsonl"));

    assertThat(RecordFiles.at(folder, Part.TRAINING).read())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("a10.jsonl", "a2.jsonl.gz", "b.jsonl");
    assertThat(RecordFiles.at(folder.resolve("b.jsonl"), Part.TRAINING).read())
        .containsExactly(folder.resolve("b.jsonl"));
  }

  @Test
  void folder_refusedWhenItsShardsAreUnclear() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFiles.at(folder, Part.TRAINING))
        .withMessage(
            folder
                + ": the folder must have at least one data file ("
                + FileKind.ENDINGS
                + "), got none");
    write("a.jsonl", "");
    write("info.json", "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFiles.at(folder, Part.TRAINING))
        .withMessage(
            folder
                + ": shards must be of one kind, got [JSON lines, JSON]; name the files to read");
    Path missing = folder.resolve("gone");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFiles.at(missing, Part.TRAINING))
        .withMessage(missing + ": there is no such file or folder");
  }
}
