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
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rated completion a record, those of a prompt together. */
class RatedRowsTest {

  private static final String ROWS =
      """
      {"prompt":"Sky?","response":"Blue.","helpfulness":4}
      {"prompt":"Sea?","response":"Green.","helpfulness":2}
      {"prompt":"Sky?","response":"Red.","helpfulness":1}
      {"prompt":"Sky?","response":"Grey.","helpfulness":3}
      {"prompt":"Sea?","response":"Blue.","helpfulness":2}
      {"prompt":"Sun?","response":"Yellow.","helpfulness":4}
      {"prompt":"Sun?","response":"Black."}
      """;

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String shown(PreferencePair pair) {
    return String.format(
        Locale.ROOT,
        "%s %s %s > %s by %s",
        pair.id(),
        text(pair.prompt()),
        text(pair.chosen()),
        text(pair.rejected()),
        pair.margin().isPresent()
            ? pair.margin().getAsDouble() + " nats"
            : String.valueOf(pair.ratingGap().orElseThrow()));
  }

  private static String text(Text text) {
    return ((Text.Plain) text).text();
  }

  @Test
  void rowsOfAPromptAreComparedWhereverTheyAre() throws IOException {
    FileData<PreferenceDataset> data = PreferenceFiles.at(write("a.jsonl", ROWS)).pairs();

    assertThat(data.dataset())
        .extracting(RatedRowsTest::shown)
        .containsExactly(
            "a.jsonl:1#1 Sky? Blue. > Red. by 3.0",
            "a.jsonl:1#2 Sky? Blue. > Grey. by 1.0",
            "a.jsonl:1#3 Sky? Grey. > Red. by 2.0");
    assertThat(data.summary().records()).isEqualTo(7);
    assertThat(data.summary().kept()).isEqualTo(3);
    assertThat(data.summary().skipped(SkipReason.TIED)).isEqualTo(1);
    assertThat(data.summary().skipped(SkipReason.UNLABELLED))
        .as("one alone, one without a rating")
        .isEqualTo(2);
    assertThat(data.summary().toString())
        .contains(
            "a rated completion a record (prompt, response, helpfulness); 3 of 7 records",
            "a.jsonl:2: completions 1 and 2 are scored the same",
            "a.jsonl:6: a completion has none to be compared with");
  }

  @Test
  void rowsOfAPromptAreRanked() throws IOException {
    Dataset<RankedExample> rankings =
        PreferenceFiles.at(write("a.jsonl", ROWS)).rankings().dataset();

    assertThat(rankings.size()).isEqualTo(1);
    assertThat(rankings.get(0).id()).isEqualTo("a.jsonl:1");
    assertThat(rankings.get(0).completions())
        .extracting(RatedRowsTest::text)
        .containsExactly("Blue.", "Grey.", "Red.");
  }

  @Test
  void ratingsAreScaledAndPairsChosenAsElsewhere() throws IOException {
    PreferenceDataset pairs =
        PreferenceFiles.at(write("a.jsonl", ROWS))
            .margins(RatingMargins.perPoint(0.5))
            .pairing(Pairing.BEST_AND_WORST)
            .pairs()
            .dataset();

    assertThat(pairs)
        .extracting(RatedRowsTest::shown)
        .containsExactly("a.jsonl:1 Sky? Blue. > Red. by 1.5 nats");
  }

  @Test
  void gzippedAndInMemoryItIsTheSame() throws IOException {
    Path plain = write("a.jsonl", ROWS);
    Path zipped = folder.resolve("b.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(ROWS.getBytes(StandardCharsets.UTF_8));
    }
    List<String> expected =
        Streams.stream(PreferenceFiles.at(plain).pairs().dataset())
            .map(RatedRowsTest::shown)
            .toList();

    try (FileData<PreferenceDataset> both =
        PreferenceFiles.at(plain, zipped).temporaryFolder(folder).pairs()) {
      assertThat(both.dataset().size()).isEqualTo(6);
      assertThat(both.dataset().get(4).id()).isEqualTo("b.jsonl.gz:1#2");
    }
    PreferenceDataset inMemory = PreferenceFiles.at(plain).inMemory().pairs().dataset();
    Files.delete(plain);
    assertThat(inMemory).extracting(RatedRowsTest::shown).isEqualTo(expected);
    assertThat(inMemory.size()).isEqualTo(3);
  }

  @Test
  void columnsCanBeNamed() throws IOException {
    Path file = write("a.csv", "q,a,stars,who\nSky?,Blue.,5,x\nSky?,Red.,2,y\nSky?,Pink.,,z\n");

    FileData<PreferenceDataset> data =
        PreferenceFiles.at(file).columns(new Columns.Rating("q", "a", "stars")).pairs();

    assertThat(data.dataset())
        .extracting(RatedRowsTest::shown)
        .containsExactly("a.csv:2 Sky? Blue. > Red. by 3.0");
    assertThat(data.summary().skipped(SkipReason.UNLABELLED)).isEqualTo(1);
  }

  @Test
  void chatsAreOfOnePromptIfTheirMessagesAreTheSame() throws IOException {
    String row =
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"%s\"}],\"response\":\"%s\",\"score\":%d}%n";
    Path file =
        write(
            "a.jsonl",
            String.format(Locale.ROOT, row, "Sky?", "Blue.", 2)
                + String.format(Locale.ROOT, row, "Sky", "Red.", 1)
                + String.format(Locale.ROOT, row, "Sky?", "Red.", 1));

    DataSummary summary = PreferenceFiles.at(file).pairs().summary();

    assertThat(summary.kept()).isEqualTo(1);
    assertThat(summary.skipped(SkipReason.UNLABELLED)).isEqualTo(1);
  }

  @Test
  void aMalformedRowStopsTheReadingUnlessCounted() throws IOException {
    Path file = write("a.jsonl", ROWS + "{\"prompt\":\"Sky?\",\"response\":1,\"helpfulness\":1}\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).pairs())
        .withMessageStartingWith(file + ":8: 'response' must be ");
    assertThat(
            PreferenceFiles.at(file)
                .badRecords(BadRecords.COUNT)
                .pairs()
                .summary()
                .skipped(SkipReason.MALFORMED))
        .isEqualTo(1);
  }

  @Test
  void thumbsCannotBeMadeOfThem() throws IOException {
    Path file = write("a.jsonl", ROWS);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferenceFiles.at(file).unpaired())
        .withMessageContaining("holds scores or ranks (a rated completion a record");
  }
}
