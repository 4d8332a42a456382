package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.records.Part;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;

/**
 * Preference data in files.
 *
 * <pre>{@code
 * FileData<PreferenceDataset> data = PreferenceFiles.at(Path.of("train.jsonl")).pairs();
 * System.out.println(data.summary());
 * trainer.train(data.dataset());
 * }</pre>
 *
 * <p>Files are JSON lines ({@code .jsonl}, {@code .ndjson}), JSON ({@code .json}, an array of
 * objects, one within an object, or objects), CSV or TSV with a header, any of them gzipped ({@code
 * .gz}); a folder is its files in the order of their names, but those that are held out. The
 * format, which column holds what, is recognised file by file, and printed with {@link
 * FileData#summary}.
 *
 * <p>Every record is read once, at once, so that whatever is wrong is said before anything is
 * trained. What is kept then is where each example is, 24 bytes, not its texts; they are read from
 * the file when they are asked for. A file must therefore not change while it is used, and one that
 * does is refused. Gzip can't be read from the middle, so such a file is decompressed to a
 * temporary file first, unless {@link #inMemory} is set.
 */
public final class PreferenceFiles {

  private static final int DEFAULT_MAX_RECORD_BYTES = 1 << 24;

  private final ImmutableList<Path> paths;
  private Optional<Columns> columns = Optional.empty();
  private BadRecords badRecords = BadRecords.STOP;
  private Pairing pairing = Pairing.ALL;
  private Optional<RatingMargins> margins = Optional.empty();
  private int maxRecordBytes = DEFAULT_MAX_RECORD_BYTES;
  private boolean inMemory;
  private Part part = Part.TRAINING;
  private boolean asChats;
  private Optional<Path> temporaryFolder = Optional.empty();
  private long maxUnpackedBytes = 16L << 30;
  private Optional<TokenLimits> limits = Optional.empty();

  private PreferenceFiles(ImmutableList<Path> paths) {
    this.paths = paths;
  }

  /**
   * Says what to read.
   *
   * @param paths files, or folders of shards, at least one; read in this order
   * @return to be configured and read
   * @throws IllegalArgumentException if there are none
   */
  public static PreferenceFiles at(Path... paths) {
    return at(List.of(paths));
  }

  /**
   * Says what to read.
   *
   * @param paths files, or folders of shards, at least one; read in this order
   * @return to be configured and read
   * @throws IllegalArgumentException if there are none
   */
  public static PreferenceFiles at(List<Path> paths) {
    Check.that(!paths.isEmpty(), "paths must have at least one element, got none");
    return new PreferenceFiles(ImmutableList.copyOf(paths));
  }

  /**
   * Names the columns, instead of recognising them.
   *
   * @param newColumns which holds what
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles columns(Columns newColumns) {
    this.columns = Optional.of(newColumns);
    return this;
  }

  /**
   * Says what happens with malformed records; the first one stops the reading by default.
   *
   * @param newBadRecords the rule
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles badRecords(BadRecords newBadRecords) {
    this.badRecords = newBadRecords;
    return this;
  }

  /**
   * Says which pairs are made of more than two scored or ranked completions; all by default.
   *
   * @param newPairing the rule
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles pairing(Pairing newPairing) {
    this.pairing = newPairing;
    return this;
  }

  /**
   * Makes margins of ratings, which otherwise are kept as {@link PreferencePair#ratingGap} and
   * change no loss. A margin that the data itself has is taken as it is.
   *
   * @param newMargins what a difference of ratings is worth
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles margins(RatingMargins newMargins) {
    this.margins = Optional.of(newMargins);
    return this;
  }

  /**
   * The most a record may have; 16 MiB by default. A longer one is malformed, and is never held.
   *
   * @param newMaxRecordBytes bytes, ≥ 1
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public PreferenceFiles maxRecordBytes(int newMaxRecordBytes) {
    this.maxRecordBytes = Check.atLeastOne("maxRecordBytes", newMaxRecordBytes);
    return this;
  }

  /**
   * Makes chats of texts, for a model with a chat template: the prompt becomes what the user says,
   * a completion what the assistant does, each as it stands, white space included, and a {@code
   * history} of {@code [asked, answered]} the turns before. Transcripts as of HH become their
   * turns, without white space around them. Chats stay as they are. A text without a prompt is
   * skipped.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles asChats() {
    this.asChats = true;
    return this;
  }

  /**
   * Reads what is held out: of a folder that has files named {@code test}, {@code validation},
   * {@code eval} and the like only those, which otherwise are left out and named in the summary; of
   * a JSON file that holds such splits likewise. A file that is named itself is read in any case.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles heldOut() {
    this.part = Part.HELD_OUT;
    return this;
  }

  /**
   * Keeps all texts in memory. The files are not needed any more once they are read, and no
   * temporary files are made, but where a compressed file has a rated completion a record.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles inMemory() {
    this.inMemory = true;
    return this;
  }

  /**
   * Where compressed files are decompressed to; the system's folder for temporary files by default.
   *
   * @param folder must be there
   * @return this
   */
  @CanIgnoreReturnValue
  public PreferenceFiles temporaryFolder(Path folder) {
    this.temporaryFolder = Optional.of(folder);
    return this;
  }

  /**
   * How large a compressed file may become in {@link #temporaryFolder}. Whatever is allowed, the
   * disk is not filled: reading ends before 256 MiB (or a twentieth of a smaller disk) are left.
   *
   * @param most in bytes, ≥ 1; 16 GiB by default
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public PreferenceFiles maxUnpackedBytes(long most) {
    Check.that(most >= 1, "maxUnpackedBytes must be ≥ 1, got %d", most);
    this.maxUnpackedBytes = most;
    return this;
  }

  /**
   * Leaves out and counts what is too long for the model, instead of truncating it, and what the
   * tokenizer refuses. Everything is tokenized once for it.
   *
   * @param tokenizer the model's
   * @param maxPromptTokens the most a prompt may have, ≥ 0
   * @param maxTokens the most a prompt and a completion may have together, ≥ 1
   * @return this
   * @throws IllegalArgumentException if a number is out of range
   */
  @CanIgnoreReturnValue
  public PreferenceFiles fitting(Tokenizer tokenizer, int maxPromptTokens, int maxTokens) {
    this.limits = Optional.of(new TokenLimits(tokenizer, maxPromptTokens, maxTokens));
    return this;
  }

  /**
   * Reads preference pairs. Their ids are their places, {@code train.jsonl:17}; several of one
   * record have a number each, {@code train.jsonl:17#2}.
   *
   * @return the pairs, at least one
   * @throws IllegalArgumentException if a file is missing, broken or not recognised, a record is
   *     malformed and that is not borne, or no pair can be made; the message names file and line.
   *     Or if {@link #margins} are asked for and no pair is rated
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public FileData<PreferenceDataset> pairs() {
    return new Reading<>(settings(), new PairShape(pairing))
        .read(
            (size, pairs, source) -> {
              PreferenceDataset read = PreferenceDataset.from(size, pairs).withSource(source);
              return margins.map(rule -> rule.applied(read, source)).orElse(read);
            });
  }

  /**
   * Reads rankings; a pair is one of two completions. A record in which two completions are scored
   * the same is skipped.
   *
   * @return the rankings, at least one
   * @throws IllegalArgumentException as {@link #pairs}
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public FileData<Dataset<RankedExample>> rankings() {
    return new Reading<>(settings(), new RankingShape())
        .read((size, examples, source) -> Dataset.from(size, examples).withSource(source));
  }

  /**
   * Reads completions that were judged alone; a pair is a thumb up and a thumb down.
   *
   * @return the examples, at least one
   * @throws IllegalArgumentException as {@link #pairs}
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public FileData<Dataset<UnpairedExample>> unpaired() {
    return new Reading<>(settings(), new ThumbShape())
        .read((size, examples, source) -> Dataset.from(size, examples).withSource(source));
  }

  /**
   * Reads what to imitate: demonstrations, or of preferences the chosen completion and of scored
   * completions the best, the first of several. A conversation is a demonstration a turn of the
   * assistant.
   *
   * @return the examples, at least one
   * @throws IllegalArgumentException as {@link #pairs}
   * @throws java.io.UncheckedIOException if a file can't be read
   */
  public FileData<Dataset<SftExample>> demonstrations() {
    return new Reading<>(settings(), new DemonstrationShape())
        .read((size, examples, source) -> Dataset.from(size, examples).withSource(source));
  }

  private Reading.Settings settings() {
    return new Reading.Settings(
        paths,
        columns,
        badRecords,
        maxRecordBytes,
        inMemory,
        temporaryFolder,
        maxUnpackedBytes,
        limits,
        part,
        asChats);
  }
}
