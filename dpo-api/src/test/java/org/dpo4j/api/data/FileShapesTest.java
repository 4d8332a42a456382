package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where records are in a file, and which files of a folder are read. */
class FileShapesTest {

  private static final String A = "{\"prompt\":\"a\",\"chosen\":\" {[b\\\"]\",\"rejected\":\" c\"}";
  private static final String B = "{\"prompt\":\"d\",\"chosen\":\" e\",\"rejected\":\" f\"}";

  private @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<String> ids(FileData<PreferenceDataset> data) {
    return Streams.stream(data.dataset()).map(PreferencePair::id).toList();
  }

  private static List<String> ids(Path path) {
    return ids(PreferenceFiles.at(path).pairs());
  }

  @Test
  void json_aListWithinAnObject_isReadFromItsPlace() throws IOException {
    Path file =
        write(
            "a.json",
            "{\n  \"version\": \"1 [{\\\"\",\n  \"info\": {\"data\": [1]},\n  \"data\": [\n    "
                + A
                + ",\n\n    "
                + B
                + "\n  ],\n  \"licence\": null\n}\n");
    FileData<PreferenceDataset> data = PreferenceFiles.at(file).pairs();

    assertThat(ids(data)).containsExactly("a.json:5", "a.json:7");
    assertThat(data.dataset().get(0))
        .isEqualTo(PreferencePair.of("a", " {[b\"]", " c").withId("a.json:5"));
    assertThat(data.summary().files().get(0).kind()).isEqualTo("JSON, the rows of 'data'");
  }

  @Test
  void json_gzippedAndInMemory_isTheSame() throws IOException {
    Path zipped = folder.resolve("a.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(("{\"rows\":[" + A + "," + B + "]}").getBytes(StandardCharsets.UTF_8));
    }

    assertThat(ids(PreferenceFiles.at(zipped).inMemory().pairs())).hasSize(2);
    try (FileData<PreferenceDataset> data = PreferenceFiles.at(zipped).pairs()) {
      assertThat(data.dataset().get(1).prompt())
          .isEqualTo(PreferencePair.of("d", "x", "y").prompt());
      assertThat(data.summary().files().get(0).kind()).isEqualTo("JSON, gzip, the rows of 'rows'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"data", "rows", "examples", "instances", "train", "train_prefs", "our list"})
  void json_theListMayHaveAnyName(String name) throws IOException {
    assertThat(ids(write("a.json", "{\"" + name + "\":[" + A + "],\"n\":1}")))
        .containsExactly("a.json:1");
  }

  @Test
  void json_oneRecordOrSeveral_overManyLines() throws IOException {
    String pretty = A.replace(",\"", ",\n  \"");

    assertThat(ids(write("one.json", "\n" + pretty + "\n"))).containsExactly("one.json:2");
    assertThat(ids(write("two.json", pretty + "\n" + pretty.replace(" c", " g") + "\n")))
        .containsExactly("two.json:1", "two.json:4");
    assertThat(ids(write("lines.json", A + "\n" + B + "\n")))
        .containsExactly("lines.json:1", "lines.json:2");
  }

  @Test
  void json_aRecordThatHoldsLists_isNoListOfRecords() throws IOException {
    Path ranked =
        write(
            "a.json",
            "{\"prompt\":\"q\",\"samples\":[{\"text\":\"x\"}],\"answers\":[{\"answer\":\"a\",\"rank\":1},"
                + "{\"answer\":\"b\",\"rank\":2}]}");
    Path chats =
        write(
            "b.json",
            "{\n\"chosen\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],\n"
                + "\"rejected\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"b\"}]}");

    assertThat(ids(ranked)).containsExactly("a.json:1");
    assertThat(ids(chats)).containsExactly("b.json:1");
  }

  @Test
  void json_ofSplits_onlyTheTrainingOneIsLearnt_andTheOthersAreNamed() throws IOException {
    Path file = write("a.json", "{\"train\":[" + A + "],\"test\":[" + B + "]}");
    FileData<PreferenceDataset> train = PreferenceFiles.at(file).pairs();
    FileData<PreferenceDataset> heldOut = PreferenceFiles.at(file).heldOut().pairs();

    assertThat(train.dataset().get(0).prompt())
        .isEqualTo(PreferencePair.of("a", "x", "y").prompt());
    assertThat(train.dataset().size()).isEqualTo(1);
    assertThat(train.summary().toString())
        .contains("a.json (JSON, the rows of 'train' and not of [test]): pairs");
    assertThat(heldOut.dataset().size()).isEqualTo(1);
    assertThat(heldOut.dataset().get(0).prompt())
        .isEqualTo(PreferencePair.of("d", "x", "y").prompt());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PreferenceFiles.at(write("b.json", "{\"test\":[" + A + "],\"dev\":[" + B + "]}"))
                    .pairs())
        .withMessage(
            folder.resolve("b.json")
                + ":1: holds the splits [test, dev], of which none is for training; write each to a file of its"
                + " own");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"prompt\":{\"0\":\"q\"},\"chosen\":{\"0\":\"a\"},\"rejected\":{\"0\":\"b\"}};"
            + "is one table by columns, as pandas' to_json writes by default",
        "{\"prompt\":[\"q\"],\"chosen\":[[{\"role\":\"a\"}]],\"rejected\":[[]]};"
            + "is one table by columns, each a list",
        "{\"0\":{\"prompt\":\"q\"},\"1\":{\"prompt\":\"r\"}};"
            + "is one object of numbered rows, as pandas' to_json writes with orient='index'",
        "{\"columns\":[\"prompt\"],\"index\":[0],\"data\":[[\"q\"]]};"
            + "is one table of columns and data, as pandas' to_json writes with orient='split'"
      })
  void json_tablesByColumns_areRefusedByName(String text, String what) throws IOException {
    Path file = write("a.json", text);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessage(
            file
                + ":1: "
                + what
                + ", and records are read a row at a time; write it by rows, in pandas with"
                + " to_json(\"data.jsonl\", orient=\"records\", lines=True)");
  }

  @Test
  void json_cutOff_isRefused_andABrokenFirstLineIsOne() throws IOException {
    Path cut = write("a.json", "{\n \"data\": [\n" + A + ",\n");
    Path line = write("b.json", "{\"prompt\": \"a\n" + A + "\n");
    Path open = write("c.json", "{\"prompt\": {\"a\": 1\n" + A + "\n" + B + "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(cut).pairs())
        .withMessage(cut + ":1: the file ends within the object that begins here; is it cut off?");
    assertThat(ids(PreferenceFiles.at(line).badRecords(BadRecords.atMost(1)).pairs()))
        .containsExactly("b.json:2");
    assertThat(ids(PreferenceFiles.at(open).badRecords(BadRecords.atMost(1)).pairs()))
        .containsExactly("c.json:2", "c.json:3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''|0", "Unnamed: 0|0", "' '|0", "'Unnamed: 0.1,Unnamed: 0'|'0,0'"})
  void csv_anIndexColumn_isLeftOutAndNamed(String names, String values) throws IOException {
    Path file = write("a.csv", names + ",prompt,chosen,rejected\n" + values + ",a, b, c\n");
    FileData<PreferenceDataset> data = PreferenceFiles.at(file).pairs();

    assertThat(data.dataset())
        .containsExactly(PreferencePair.of("a", " b", " c").withId("a.csv:2"));
    assertThat(data.summary().files().get(0).kind()).startsWith("CSV, ").endsWith("left out");
  }

  @Test
  void csv_aNamelessColumnElsewhere_isStillRefused() throws IOException {
    Path file = write("a.csv", "prompt,chosen,rejected,\na,b,c,d\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessage(
            file
                + ":1: every column of the header must have a name, got [prompt, chosen, rejected, ]");
  }

  @Test
  void csv_spacesAroundNames_areNone_andAQuoteAfterOneIsRefused() throws IOException {
    assertThat(
            PreferenceFiles.at(write("a.csv", "prompt, chosen , rejected\na, b, c\n"))
                .pairs()
                .dataset())
        .containsExactly(PreferencePair.of("a", " b", " c").withId("a.csv:2"));

    Path quoted = write("b.csv", "prompt, chosen, rejected\na, \"b\", \"c\"\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(quoted).pairs())
        .withMessageStartingWith(
            quoted
                + ":2: 'chosen' has white space before its quote, so that the quote does not count");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test.jsonl",
        "validation.jsonl",
        "my_valid1.jsonl",
        "eval-00000-of-00001.jsonl",
        "dev.jsonl",
        "test_prefs-00000-of-00001.jsonl",
        "held-out.jsonl",
        "TEST.jsonl"
      })
  void folder_heldOutFiles_areNotLearntButNamed(String heldOut) throws IOException {
    write("d/train.jsonl", A);
    Path other = write("d/" + heldOut, B);
    FileData<PreferenceDataset> data = PreferenceFiles.at(folder.resolve("d")).pairs();

    assertThat(ids(data)).containsExactly("train.jsonl:1");
    assertThat(data.summary().leftOut()).containsExactly(other);
    assertThat(data.summary().toString())
        .contains(
            "not read, of another part of the data by their names: "
                + other
                + "; to use one, name the file (--eval for what is held out)");
    assertThat(ids(other)).as("named itself").containsExactly(heldOut + ":1");
    assertThat(ids(PreferenceFiles.at(folder.resolve("d")).heldOut().pairs()))
        .containsExactly(heldOut + ":1");
  }

  @Test
  void folder_namesThatOnlyLookLikeIt_areRead() throws IOException {
    write("contest.jsonl", A);
    write("developers.jsonl", B);
    write("train_test.jsonl", A);

    assertThat(ids(folder)).hasSize(3);
  }

  @Test
  void folder_ofNothingToLearn_orSeveralSplits_isRefused() throws IOException {
    write("d/test.jsonl", A);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(folder.resolve("d")).pairs())
        .withMessage(
            folder.resolve("d")
                + ": has only files of held-out parts (test.jsonl), which are not learnt from; name a file to read"
                + " it");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(folder).pairs())
        .withMessageEndingWith(
            "got none; folders inside are not read, name one of [" + folder.resolve("d") + "]");

    write("e/train_prefs-00000-of-00002.jsonl", A);
    write("e/train_prefs-00001-of-00002.jsonl", B);
    assertThat(ids(folder.resolve("e"))).hasSize(2);
    write("e/train_sft-00000-of-00001.jsonl", A);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(folder.resolve("e")).pairs())
        .withMessage(
            folder.resolve("e")
                + ": shards must be of one split, got [train_prefs, train_sft]; name the files to read");
  }

  @Test
  void folder_ofPromptsWithHeldOutOnes_asksForNames() throws IOException {
    write("train.jsonl", A);
    write("test.jsonl", B);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptFiles.read(List.of(folder)))
        .withMessageEndingWith("; name the files to read");
  }
}
