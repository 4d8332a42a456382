package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.BaseEncoding;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file itself: its bytes, and what is made of a file that is not as it was written. */
class LogProbFileTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(3);
  private static final List<PromptGroup> GROUPS = Toy.tokens(PAIRS);
  private static final String NAME = Toy.uniform().fingerprint().orElseThrow();

  /** Two pairs a step, so that the three pairs make two blocks. */
  private static final int BATCH = 2;

  @TempDir(factory = FastDisk.class)
  Path directory;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("reference.logprobs");
  }

  /** Trains on a reference that is cached; what it was asked. */
  private List<PromptGroup> train(TabularPolicy policy) {
    CountingScorer model = new CountingScorer(Toy.uniform());
    Toy.trainer(policy)
        .reference(Reference.cached(Reference.model(model), file))
        .shuffle(false)
        .batchSize(BATCH)
        .build()
        .train(PAIRS);
    return model.asked;
  }

  private byte[] filled() throws IOException {
    assertThat(train(Toy.random())).isEqualTo(GROUPS);
    return Files.readAllBytes(file);
  }

  /** What training with the reference itself gives. */
  private static Optional<String> expected() {
    TabularPolicy policy = Toy.random();
    Toy.trainer(policy)
        .reference(Reference.model(Toy.uniform()))
        .shuffle(false)
        .batchSize(BATCH)
        .build()
        .train(PAIRS);
    return policy.fingerprint();
  }

  private List<String> warningsOnWriting(String name) {
    try (LogProbFile store = LogProbFile.writing(file, name)) {
      return store.warnings();
    }
  }

  /** Where the header and each block end, by the documented sizes. */
  private static List<Integer> ends() {
    List<Integer> ends = new ArrayList<>(List.of(8 + 4 + 4 + NAME.length() + 4));
    for (int from = 0; from < GROUPS.size(); from += BATCH) {
      int bytes = ends.get(ends.size() - 1) + 4 + 4 + 4;
      for (PromptGroup group : GROUPS.subList(from, Math.min(from + BATCH, GROUPS.size()))) {
        bytes += 16 + 4 + 8 * (group.tokens() - group.prompt().length()) + 4;
      }
      ends.add(bytes);
    }
    return ends;
  }

  @Test
  void bytesAreAsDocumented() throws IOException {
    PromptGroup group =
        PromptGroup.of(
            ImmutableIntArray.of(1, 2),
            List.of(ImmutableIntArray.of(3), ImmutableIntArray.of(4, 5)));
    TokenValues values = TokenValues.of(new double[] {-0.5}, new double[] {-1.0, -2.25});

    try (LogProbFile store = LogProbFile.writing(file, "abc")) {
      store.add(List.of(group), List.of(values));
    }

    // Made from the documented format by another implementation, with its own CRC-32C.
    String header = "8944504f5245460a" + "00000001" + "00000003" + "616263" + "a28cbf23";
    String block = "00000001" + "00000030" + "84da9497";
    String record =
        "f85b0be2a07706cb284e8c0c0bf89601"
            + "00000003"
            + "bfe0000000000000bff0000000000000c002000000000000"
            + "d6460ee0";
    assertThat(BaseEncoding.base16().lowerCase().encode(Files.readAllBytes(file)))
        .isEqualTo(header + block + record);
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.get(group)).isEqualTo(values);
    }
  }

  @Test
  void valuesComeBackBitForBit() {
    PromptGroup group =
        PromptGroup.of(ImmutableIntArray.of(), List.of(ImmutableIntArray.of(1, 2, 3, 4)));
    TokenValues values =
        TokenValues.of(new double[] {-0.0, 0.0, -Double.MIN_VALUE, -Math.nextUp(Math.PI)});

    try (LogProbFile store = LogProbFile.writing(file, NAME)) {
      store.add(List.of(group), List.of(values));
      assertThat(store.get(group)).isEqualTo(values);
    }
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.get(group)).isEqualTo(values);
    }
  }

  @Test
  void aGroupIsFoundByAllOfItsTokensAndHowTheyAreCut() {
    ImmutableIntArray one = ImmutableIntArray.of(1);
    ImmutableIntArray two = ImmutableIntArray.of(2);
    ImmutableIntArray both = ImmutableIntArray.of(1, 2);
    List<PromptGroup> groups =
        List.of(
            PromptGroup.of(one, List.of(one, two)),
            PromptGroup.of(one, List.of(two, one)),
            PromptGroup.of(one, List.of(both)),
            PromptGroup.of(both, List.of(one)),
            PromptGroup.of(two, List.of(one, two)));

    try (LogProbFile store = LogProbFile.writing(file, NAME)) {
      for (PromptGroup group : groups) {
        assertThat(store.has(group)).isFalse();
        double[][] rows =
            group.completions().stream()
                .map(completion -> new double[completion.length()])
                .toArray(double[][]::new);
        store.add(List.of(group), List.of(TokenValues.of(rows)));
        assertThat(store.has(group)).isTrue();
      }
    }
  }

  @Test
  void aFileCutAnywhereIsDetectedAndTheRunIsTheSame() throws IOException {
    byte[] whole = filled();
    Optional<String> expected = expected();
    List<Integer> ends = ends();
    assertThat(ends.get(2)).isEqualTo(whole.length);

    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int last = length;
      int kept = (int) ends.stream().filter(end -> end <= last).count() - 1;

      assertThat(warningsOnWriting(NAME))
          .as("%d bytes", length)
          .isEqualTo(
              length == 0 || ends.contains(length)
                  ? List.of()
                  : kept < 0
                      ? List.of(
                          file
                              + ": its header is not whole, so that nothing in it is of use; it is"
                              + " begun anew")
                      : List.of(
                          String.format(
                              Locale.ROOT,
                              "%s: its last %d bytes are no whole block, as after a run that was"
                                  + " killed; they are cut off",
                              file,
                              length - ends.get(kept))));
      assertThat(Files.size(file)).isEqualTo(ends.get(Math.max(0, kept)).longValue());

      TabularPolicy policy = Toy.random();
      assertThat(train(policy))
          .as("%d bytes", length)
          .isEqualTo(GROUPS.subList(Math.min(3, Math.max(0, kept) * BATCH), 3));
      assertThat(policy.fingerprint()).isEqualTo(expected);
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  @Test
  void anyBitThatFlipsIsDetected() throws IOException {
    byte[] whole = filled();

    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, flipped);

      if (bit / 8 < ends().get(0)) {
        assertThatIllegalArgumentException().isThrownBy(() -> LogProbFile.reading(file));
      } else {
        try (LogProbFile store = LogProbFile.reading(file)) {
          assertThat(store.warnings()).as("bit %d", bit).hasSize(1);
          List<PromptGroup> found = GROUPS.stream().filter(store::has).toList();
          assertThat(found).hasSizeLessThan(3);
          for (PromptGroup group : found) {
            assertThat(store.get(group)).isEqualTo(Toy.uniform().logProbs(List.of(group)));
          }
        }
      }
    }
  }

  @Test
  void aRunOverAnyDamagedByteIsRefusedOrTheSame() throws IOException {
    byte[] whole = filled();
    Optional<String> expected = expected();
    Set<Integer> refused = new TreeSet<>();

    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(file, damaged);
      TabularPolicy policy = Toy.random();
      try {
        assertThat(train(policy)).as("byte %d", at).isNotEmpty();
        assertThat(policy.fingerprint()).as("byte %d", at).isEqualTo(expected);
        assertThat(train(Toy.random())).as("byte %d, afterwards", at).isEmpty();
      } catch (IllegalArgumentException e) {
        refused.add(at);
        assertThat(file).hasBinaryContent(damaged);
      }
    }

    assertThat(refused)
        .as("what says which kind of file it is, and its version")
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void damagedValuesCostTheirBlockOnly() throws IOException {
    byte[] damaged = filled();
    int block = ends().get(0);
    damaged[block + 12 + 20] ^= 1;
    Files.write(file, damaged);

    assertThat(warningsOnWriting(NAME))
        .containsExactly(
            file + ": the block of 2 records at byte " + block + " is damaged, and passed over");
    assertThat(train(Toy.random())).isEqualTo(GROUPS.subList(0, 2));
    assertThat(train(Toy.random())).isEmpty();
  }

  @Test
  void zerosAfterAPowerFailureAreCutOff() throws IOException {
    byte[] whole = filled();
    Files.write(file, Arrays.copyOf(whole, whole.length + 4096));

    assertThat(warningsOnWriting(NAME))
        .containsExactly(
            file
                + ": its last 4096 bytes are no whole block, as after a run that was killed; they"
                + " are cut off");
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void readingChangesNothing() throws IOException {
    byte[] torn = Arrays.copyOf(filled(), ends().get(2) - 1);
    Files.write(file, torn);

    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.warnings())
          .containsExactly(
              String.format(
                  Locale.ROOT,
                  "%s: its last %d bytes are no whole block, as after a run that was killed; they"
                      + " are passed over",
                  file,
                  torn.length - ends().get(1)));
      assertThat(GROUPS.stream().filter(store::has)).isEqualTo(GROUPS.subList(0, 2));
    }
    assertThat(file).hasBinaryContent(torn);
  }

  @Test
  void readingAFileWithoutAWholeHeaderIsRefused() throws IOException {
    Files.write(file, Arrays.copyOf(filled(), 50));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.reading(file))
        .withMessage(
            "%s: its header is not whole, so that nothing in it is of use; make it again with"
                + " ReferenceCache.in(file).fill(…)",
            file);
  }

  @Test
  void otherWeightsReplaceWhatIsThere() throws IOException {
    byte[] before = filled();

    assertThat(warningsOnWriting("another"))
        .containsExactly(
            file
                + ": these are log-probs by another reference, "
                + NAME
                + ", and not by another; they are replaced");
    assertThat(warningsOnWriting("another")).isEmpty();
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(GROUPS).noneMatch(store::has);
    }
    assertThat(Files.size(file)).isLessThan(before.length);
  }

  @Test
  void aFileReplacedUnderAReaderGivesItNothingWrong() throws IOException {
    byte[] before = filled();
    try (LogProbFile reader = LogProbFile.reading(file)) {
      try (LogProbFile writer = LogProbFile.writing(file, NAME.replace(NAME.charAt(0), '?'))) {
        for (PromptGroup group : GROUPS) {
          writer.add(List.of(group), List.of(Toy.random().logProbs(List.of(group))));
        }
      }
      assertThat(Files.size(file)).isGreaterThan(before.length);

      assertThatThrownBy(() -> reader.get(GROUPS.get(0)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "cannot read the reference log-probs in %s: the record at byte %s is not what it was"
                  + " when the file was opened; open it anew",
              file, ends().get(0) + 12);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "my notes, which are worth keeping", "\u0089PNG\r\n"})
  void anotherFileIsRefusedAndLeftAsItIs(String content) throws IOException {
    Files.writeString(file, content);
    String message =
        file + " is not a file of reference log-probs, and is left as it is; name another";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(file, NAME))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.reading(file))
        .withMessage(message);
    assertThat(file).hasContent(content);
  }

  @Test
  void anotherVersionIsRefusedAndLeftAsItIs() throws IOException {
    byte[] later = filled();
    later[11] = 2;
    Files.write(file, later);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(file, NAME))
        .withMessage(
            "%s has format version 2, and this release reads 1; name another file, or delete it to"
                + " compute its log-probs again",
            file);
    assertThat(file).hasBinaryContent(later);
  }

  @Test
  void aDirectoryIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(directory, NAME))
        .withMessage("%s is a directory; name a file", directory);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.reading(directory))
        .withMessage("%s is a directory; name a file", directory);
  }

  @Test
  void aFileInADirectoryThatIsNotThereIsRefused() {
    Path nowhere = directory.resolve("nowhere");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(nowhere.resolve("file"), NAME))
        .withMessage(
            "%s can't be made: there is no directory %s", nowhere.resolve("file"), nowhere);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1001})
  void aFingerprintOfNoReasonableLengthIsRefused(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(file, "x".repeat(length)))
        .withMessage("the reference's fingerprint must have 1 to 1000 characters, got %s", length);
    assertThat(file).doesNotExist();
  }

  @Test
  void aSecondWriterInTheSameProcessIsRefusedAndAReaderIsNot() throws IOException {
    byte[] whole = filled();
    try (LogProbFile first = LogProbFile.writing(file, NAME)) {
      Path sameFile =
          Files.createSymbolicLink(directory.resolve("link"), directory)
              .resolve(file.getFileName());

      for (Path path : List.of(file, sameFile)) {
        assertThatIllegalStateException()
            .isThrownBy(() -> LogProbFile.writing(path, "another"))
            .withMessage(
                "%s is in use by another run, and one at a time can write to it; wait for the"
                    + " other's end, or name another file",
                path);
      }
      try (LogProbFile reader = LogProbFile.reading(file)) {
        assertThat(reader.get(GROUPS.get(2))).isEqualTo(first.get(GROUPS.get(2)));
      }
    }
    assertThat(file).hasBinaryContent(whole);
    assertThat(warningsOnWriting(NAME)).as("and can be opened afterwards").isEmpty();
  }
}
