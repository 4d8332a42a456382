package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceFilesTest {

  private static final String LINE =
      "{\"prompt\":\"ask\",\"chosen\":\" a%d\",\"rejected\":\" z\"}\n";

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private static String lines(int from, int to) {
    StringBuilder text = new StringBuilder();
    IntStream.range(from, to).forEach(i -> text.append(String.format(Locale.ROOT, LINE, i)));
    return text.toString();
  }

  private static List<PreferencePair> list(FileData<PreferenceDataset> data) {
    return ImmutableList.copyOf(data.dataset());
  }

  private static List<String> ids(Iterable<PreferencePair> pairs) {
    return ImmutableList.copyOf(Iterables.transform(pairs, PreferencePair::id));
  }

  private static Path resource(String name) throws URISyntaxException {
    URL url = PreferenceFilesTest.class.getResource(name);
    assertThat(url).isNotNull();
    return Path.of(url.toURI());
  }

  @Test
  void realPairs_areRead() throws URISyntaxException {
    FileData<PreferenceDataset> data = PreferenceFiles.at(resource("hh-harmless-4.jsonl")).pairs();

    assertThat(list(data)).hasSize(4);
    assertThat(data.dataset().get(3))
        .isEqualTo(
            PreferencePair.of(
                    "\n\nHuman: Can you do an impression of Donald Trump?\n\nAssistant:",
                    " I would love to!",
                    " Sure, I can do the Donald Trump Impression.")
                .withId("hh-harmless-4.jsonl:4"));
  }

  @Test
  void realPairs_asHhPublishesThem_areTheSame() throws Exception {
    List<PreferencePair> pairs = list(PreferenceFiles.at(resource("hh-harmless-4.jsonl")).pairs());
    StringBuilder transcripts = new StringBuilder();
    for (String line : Files.readAllLines(resource("hh-harmless-4.jsonl"))) {
      String prompt = line.substring(line.indexOf(": \"") + 3, line.indexOf("\", \"chosen"));
      transcripts
          .append(
              line.replaceFirst("\"prompt\": .*?\", \"chosen", "\"chosen")
                  .replace("\"chosen\": \"", "\"chosen\": \"" + prompt)
                  .replace("\"rejected\": \"", "\"rejected\": \"" + prompt))
          .append('\n');
    }
    Path file = write("hh-harmless-4.jsonl", transcripts.toString());

    assertThat(list(PreferenceFiles.at(file).pairs())).isEqualTo(pairs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.jsonl.gz", "a.json", "a.json.gz", "a.csv", "a.tsv.gz"})
  void anyKindOfFile_givesTheSamePairs_fromDiskAndFromMemory(String name) throws IOException {
    String text =
        name.contains(".jsonl")
            ? lines(0, 5)
            : name.contains("json")
                ? "[" + lines(0, 5).strip().replace("\n", ",\n") + "]"
                : "prompt,chosen,rejected\n"
                    + IntStream.range(0, 5)
                        .mapToObj(i -> "ask,\" a" + i + "\", z\n")
                        .reduce("", String::concat);
    Path file = write(name, name.contains("tsv") ? text.replace(',', '\t') : text);
    int firstLine = name.contains("sv") ? 2 : 1;
    List<PreferencePair> expected =
        IntStream.range(0, 5)
            .mapToObj(
                i -> PreferencePair.of("ask", " a" + i, " z").withId(name + ":" + (i + firstLine)))
            .toList();

    try (FileData<PreferenceDataset> data = PreferenceFiles.at(file).pairs()) {
      assertThat(list(data)).isEqualTo(expected);
    }
    assertThat(list(PreferenceFiles.at(file).inMemory().pairs())).isEqualTo(expected);
  }

  @Test
  void pairs_areReadInAnyOrder_andTheSameOrderForASeed() throws IOException {
    FileData<PreferenceDataset> onDisk =
        PreferenceFiles.at(write("a.jsonl", lines(0, 60)), write("b.jsonl", lines(60, 100)))
            .pairs();
    PreferenceDataset inMemory = PreferenceDataset.of(list(onDisk));

    assertThat(onDisk.dataset().size()).isEqualTo(100);
    assertThat(ids(onDisk.dataset().shuffle(7)))
        .isEqualTo(ids(inMemory.shuffle(7)))
        .isNotEqualTo(ids(onDisk.dataset()));
    assertThat(ImmutableList.copyOf(onDisk.dataset().split(0.3, 1).heldOut()))
        .isEqualTo(ImmutableList.copyOf(inMemory.split(0.3, 1).heldOut()));
    assertThat(onDisk.dataset().get(59).id()).isEqualTo("a.jsonl:60");
    assertThat(onDisk.dataset().get(60).id()).isEqualTo("b.jsonl:1");
    assertThat(onDisk.dataset().get(99).id()).isEqualTo("b.jsonl:40");
  }

  @Test
  void pairs_areReadByManyThreads() throws IOException {
    PreferenceDataset pairs = PreferenceFiles.at(write("a.jsonl", lines(0, 300))).pairs().dataset();

    assertThat(
            IntStream.range(0, 3000)
                .parallel()
                .allMatch(i -> pairs.get(i % 300).id().equals("a.jsonl:" + (i % 300 + 1))))
        .isTrue();
  }

  @Test
  void pair_isReadWhileTheThreadIsInterrupted() throws IOException {
    PreferenceDataset pairs = PreferenceFiles.at(write("a.jsonl", lines(0, 3))).pairs().dataset();
    Thread.currentThread().interrupt();
    try {
      assertThat(pairs.get(2).id()).isEqualTo("a.jsonl:3");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void folder_isItsShards() throws IOException {
    Path shards = Files.createDirectory(folder.resolve("shards"));
    Files.move(write("part-1.jsonl.gz", lines(2, 4)), shards.resolve("part-1.jsonl.gz"));
    Files.move(write("part-0.jsonl", lines(0, 2)), shards.resolve("part-0.jsonl"));

    try (FileData<PreferenceDataset> data = PreferenceFiles.at(shards).pairs()) {
      assertThat(ids(data.dataset()))
          .containsExactly(
              "part-0.jsonl:1", "part-0.jsonl:2", "part-1.jsonl.gz:1", "part-1.jsonl.gz:2");
    }
  }

  @Test
  void gzip_isDecompressedToATemporaryFile_deletedOnClose() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path file = write("a.jsonl.gz", lines(0, 3));
    FileData<PreferenceDataset> data = PreferenceFiles.at(file).temporaryFolder(temporary).pairs();

    assertThat(temporary).isNotEmptyDirectory();
    data.close();
    assertThat(temporary).isEmptyDirectory();
    PreferenceFiles.at(file).temporaryFolder(temporary).inMemory().pairs().close();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void gzip_thatCanNotBeUsed_leavesNoTemporaryFile() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path file = write("a.jsonl.gz", lines(0, 3) + "{}\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).temporaryFolder(temporary).pairs());
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void gzip_thatBecomesLarge_isRefusedAndLeavesNothing() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path file = write("a.jsonl.gz", lines(0, 1) + " \n".repeat(2_000_000));
    assertThat(Files.size(file)).isLessThan(20_000);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PreferenceFiles.at(file)
                    .temporaryFolder(temporary)
                    .maxUnpackedBytes(3_000_000)
                    .pairs())
        .withMessage(
            file
                + ": becomes more than 3000000 bytes when it is unpacked; if it is meant to, unpack"
                + " it yourself, or allow more with maxUnpackedBytes");
    assertThat(temporary).isEmptyDirectory();
    PreferenceFiles.at(file).temporaryFolder(temporary).maxUnpackedBytes(5_000_000).pairs().close();
  }

  @Test
  void temporaryFiles_thatAreDeleted_areForgotten() throws IOException {
    Path file = write("a.jsonl.gz", lines(0, 3));
    int before = TemporaryFiles.count();

    for (int i = 0; i < 20; i++) {
      PreferenceFiles.at(file).temporaryFolder(folder).pairs().close();
    }

    assertThat(TemporaryFiles.count()).isEqualTo(before);
  }

  @Test
  @Timeout(20)
  void pipe_isRefusedAtOnce() throws Exception {
    Path file = folder.resolve("a.jsonl");
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessage(file + ": must be a file");
  }

  @Test
  void fileThatChanges_isRefusedWithItsPlace() throws IOException {
    Path file = write("a.jsonl", lines(0, 3));
    PreferenceDataset pairs = PreferenceFiles.at(file).pairs().dataset();
    write("a.jsonl", lines(1, 4));

    assertThatIllegalStateException()
        .isThrownBy(() -> pairs.get(1))
        .withMessage(file + ":2: the file has changed since it was indexed; read it again");
  }

  @Test
  void badRecord_stopsByDefault_namingItsPlace() throws IOException {
    Path file = write("a.jsonl", lines(0, 2) + "{\"prompt\":\"x\"\n" + lines(2, 3));
    Path lacking = write("b.jsonl", lines(0, 1) + "{\"prompt\":\"x\",\"chosen\":\"y\"}\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessage(
            file
                + ":3: is not valid JSON at $.prompt: End of input; to count such records instead, read with"
                + " badRecords(BadRecords.COUNT)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(lacking).pairs())
        .withMessageStartingWith(lacking + ":2: has no 'rejected'; to count");
  }

  @Test
  void badRecords_areCountedUpToABound() throws IOException {
    Path file = write("a.jsonl", lines(0, 2) + "x\ny\n" + lines(2, 3));

    DataSummary summary =
        PreferenceFiles.at(file).badRecords(BadRecords.atMost(2)).pairs().summary();
    assertThat(summary.kept()).isEqualTo(3);
    assertThat(summary.records()).isEqualTo(5);
    assertThat(summary.skipped(SkipReason.MALFORMED)).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).badRecords(BadRecords.atMost(1)).pairs())
        .withMessage(file + ":4: is not valid JSON at $; at most 1 malformed records are borne");
  }

  @Test
  void recordTooLong_isCountedOrStops() throws IOException {
    Path file =
        write(
            "a.jsonl",
            lines(0, 2) + String.format(Locale.ROOT, LINE, 7).replace("ask", "ask".repeat(50)));

    assertThat(
            ids(
                PreferenceFiles.at(file)
                    .maxRecordBytes(100)
                    .badRecords(BadRecords.COUNT)
                    .pairs()
                    .dataset()))
        .containsExactly("a.jsonl:1", "a.jsonl:2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).maxRecordBytes(100).pairs())
        .withMessageStartingWith(file + ":3: a record must be at most 100 bytes; ");
  }

  @Test
  void nothingKept_isAnError_withTheSummary() throws IOException {
    Path file = write("a.jsonl", "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"a\"}\n");
    Path empty = write("b.jsonl", "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessageStartingWith("no pairs could be made of what was read: 0 pairs of 1 records;")
        .withMessageContaining("skipped, identical: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(empty).pairs())
        .withMessageContaining(empty + " (JSON lines): no record that can be read; 0 of 0 records");
  }

  @Test
  void summary_saysWhatWasReadAndWhatWasNot() throws IOException {
    String text =
        lines(0, 2)
            + "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"a\"}\n"
            + "{\"prompt\":\"q\",\"chosen\":\" \",\"rejected\":\"a\"}\n"
            + "{\"prompt\":\"q\",\"chosen\":\"b\",\"rejected\":\"\"}\n"
            + "oops\n";
    Path file = write("a.jsonl.gz", text);
    try (FileData<PreferenceDataset> data =
        PreferenceFiles.at(file).badRecords(BadRecords.COUNT).pairs()) {
      assertThat(data.summary())
          .hasToString(
              String.join(
                  System.lineSeparator(),
                  "2 pairs of 6 records; characters (mean, most): prompt 3, 3; completion 3, 3",
                  "  "
                      + file
                      + " (JSON lines, gzip): pairs (prompt, chosen, rejected); 2 of 6 records",
                  "  skipped, malformed: 1",
                  "    " + file + ":6: is not valid JSON at $",
                  "  skipped, empty: 2",
                  "    " + file + ":4: a completion is blank",
                  "    " + file + ":5: a completion is blank",
                  "  skipped, identical: 1",
                  "    " + file + ":3: two completions are the same"));
      assertThat(data).hasToString(data.summary().toString());
    }
  }

  @Test
  void columns_canBeNamed() throws IOException {
    Path file =
        write(
            "a.csv",
            """
            question,good,bad,sure,for,against,r1,r2,winner
            q,a,b,0.25,3,1,4,2,A
            q,c,d,,,,,,neither
            """);
    PreferencePair pair = PreferencePair.of("q", "a", "b").withId("a.csv:2");

    assertThat(
            PreferenceFiles.at(file)
                .columns(
                    Columns.pair("question", "good", "bad").margin("sure").votes("for", "against"))
                .pairs()
                .dataset())
        .containsExactly(
            pair.withMargin(0.25).withAgreement(0.75),
            PreferencePair.of("q", "c", "d").withId("a.csv:3"));
    assertThat(
            PreferenceFiles.at(file)
                .columns(Columns.pair("question", "good", "bad").scores("r1", "r2"))
                .margins(RatingMargins.perPoint(0.5))
                .pairs()
                .dataset()
                .get(0))
        .isEqualTo(pair.withRatingGap(2).withMargin(1));
    FileData<PreferenceDataset> choice =
        PreferenceFiles.at(file)
            .columns(Columns.choice("question", "bad", "good", "winner", "B", "A"))
            .pairs();
    assertThat(choice.dataset()).containsExactly(pair);
    assertThat(choice.summary().skipped(SkipReason.TIED)).isEqualTo(1);
  }

  @Test
  void columns_mayBePaths_andLabelsLists() throws IOException {
    Path file =
        write(
            "a.jsonl",
            "{\"meta\":{\"q\":\"q\"},\"a\":\"x\",\"b\":\"y\",\"who\":[\"B\",\"A\",\"B\",\"tie\"]}\n");

    assertThat(
            PreferenceFiles.at(file)
                .columns(Columns.choice("meta.q", "a", "b", "who", "A", "B"))
                .pairs()
                .dataset())
        .containsExactly(
            PreferencePair.of("q", "y", "x").withAgreement(2 / 3.0).withId("a.jsonl:1"));
  }

  @Test
  void columns_withoutPrompt_areCutBetweenWords() throws IOException {
    Path file = write("a.csv", "x,y\nThe sky is blue.,The sky is bright.\n");

    assertThat(PreferenceFiles.at(file).columns(Columns.pair("x", "y")).pairs().dataset())
        .containsExactly(PreferencePair.of("The sky is", " blue.", " bright.").withId("a.csv:2"));
  }

  @Test
  void columns_thatAreNotThere_areNamedWithThoseThatAre() throws IOException {
    Path file = write("a.csv", "question,good,bad\nq,a,b\n");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PreferenceFiles.at(file).columns(Columns.pair("prompt", "good", "worse")).pairs())
        .withMessage(
            file
                + ":2: has no column [prompt, worse], which was named; the columns are"
                + " [question, good, bad]");
  }

  @Test
  void columns_ofRatingsAndThumbs() throws IOException {
    Path file = write("a.csv", "q,a,b,ra,rb,ok\nask,x,y,2,5,no\n".replace("no", "down"));

    assertThat(
            PreferenceFiles.at(file)
                .columns(
                    new Columns.Ratings(
                        "q", ImmutableList.of("a", "b"), ImmutableList.of("ra", "rb")))
                .pairs()
                .dataset())
        .containsExactly(PreferencePair.of("ask", "y", "x").withRatingGap(3).withId("a.csv:2"));
    assertThat(
            PreferenceFiles.at(file)
                .columns(new Columns.Thumbs("q", "a", "ok"))
                .unpaired()
                .dataset()
                .get(0)
                .desirable())
        .isFalse();
  }

  @Test
  void csvCells_mayHoldMessages_asJsonNotAsPythonPrintsThem() throws IOException {
    String messages = "\"[{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"%s\"\"}]\"";
    Path json =
        write(
            "a.csv",
            "prompt,chosen,rejected\nSky?,"
                + String.format(Locale.ROOT, messages, "Blue.")
                + ","
                + String.format(Locale.ROOT, messages, "Red.")
                + "\n");
    Path python = write("b.csv", "prompt,chosen,rejected\nSky?,\"[{'role': 'assistant'}]\",x\n");

    assertThat(PreferenceFiles.at(json).pairs().dataset().get(0).chosen())
        .isEqualTo(Text.of(List.of(Message.assistant("Blue."))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(python).pairs())
        .withMessageStartingWith(
            python
                + ":2: 'chosen' has messages as Python prints them, not as JSON; write them with"
                + " json.dumps;");
  }

  @Test
  void fitting_leavesOutWhatIsTooLongOrRefused() throws IOException {
    WordTokenizer tokenizer = WordTokenizer.of(List.of("ask a b c d e"));
    String line = "{\"prompt\":\"%s\",\"chosen\":\" %s\",\"rejected\":\" b\"}\n";
    Path file =
        write(
            "a.jsonl",
            String.format(Locale.ROOT, line, "ask", "a")
                + String.format(Locale.ROOT, line, "ask a", "a")
                + String.format(Locale.ROOT, line, "ask", "a b c d e a b c")
                + String.format(Locale.ROOT, line, "ask", "unknown"));
    DataSummary summary = PreferenceFiles.at(file).fitting(tokenizer, 1, 5).pairs().summary();

    assertThat(summary.kept()).isEqualTo(1);
    assertThat(summary.skipped())
        .extracting(DataSummary.Skipped::reason)
        .containsExactly(
            SkipReason.PROMPT_TOO_LONG, SkipReason.TOO_LONG, SkipReason.NOT_TOKENIZABLE);
    assertThat(summary.skipped().get(0).first())
        .containsExactly(file + ":2: the prompt has 2 tokens, and at most 1 are wanted");
  }

  @Test
  void training_fromAFile_isTrainingFromMemory() throws IOException {
    Path file =
        write(
            "a.jsonl",
            Stream.of("a", "b", "c", "d")
                .map(
                    word ->
                        String.format(
                            Locale.ROOT,
                            "{\"prompt\":\"ask\",\"chosen\":\" %s\",\"rejected\":\" z\"}%n",
                            word))
                .reduce("", String::concat));
    PreferenceDataset onDisk = PreferenceFiles.at(file).pairs().dataset();
    PreferenceDataset inMemory = PreferenceDataset.of(ImmutableList.copyOf(onDisk));

    assertThat(train(onDisk)).isEqualTo(train(inMemory));
  }

  private static String train(PreferenceDataset pairs) {
    TabularPolicy policy = TabularPolicy.of(WordTokenizer.of(List.of("ask a b c d z")));
    DpoTrainer.builder().policy(policy).batchSize(2).epochs(3).build().train(pairs);
    return policy.fingerprint().orElseThrow();
  }

  @Test
  void cellsOfATable_sayWhatColumnsOfJsonSay() throws IOException {
    Path thumbs =
        write(
            "thumbs.csv",
            """
            system,instruction,input,output,kto_tag,images,tools,chat_template_kwargs
            ,Sky?,,Blue.,true,[],[],{}
            Brief.,Sky?,,Red.,False,,,"{""a"":1}"
            ,Sky?,,Green.,1,"[""a.png""]",,
            """);
    FileData<Dataset<UnpairedExample>> read = PreferenceFiles.at(thumbs).unpaired();

    assertThat(read.dataset().get(0).prompt()).isEqualTo(Text.of(List.of(Message.user("Sky?"))));
    assertThat(read.dataset().get(1).prompt())
        .isEqualTo(
            new Text.Chat(
                ImmutableList.of(Message.system("Brief."), Message.user("Sky?")),
                Optional.empty(),
                ImmutableMap.of("a", "1")));
    assertThat(read.summary().kept()).isEqualTo(2);
    assertThat(read.summary().skipped(SkipReason.UNSUPPORTED)).isEqualTo(1);
    assertThat(read.summary().unread()).isEmpty();
  }
}
