package org.dpo4j.torch.internal.tokenizer;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.dpo4j.core.backend.Boundary;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;

/**
 * The tokenizer of a model's directory, as transformers and TRL use it.
 *
 * <p>A prompt and a completion are tokenized together, as the model would see them; the completion
 * is what follows the prompt's own tokens. Where the tokenizer makes one token of the end of the
 * one and the beginning of the other there is no such place: plain text is refused by {@link
 * BoundaryMergeException}, or cut at the common prefix, as its {@link Boundary} says.
 *
 * <p>Plain text has in front what the post-processor of {@code tokenizer.json} puts there, the
 * token that begins a text usually, and never a second time. {@code add_bos_token} of {@code
 * tokenizer_config.json} has no say in it, as in transformers 5. The token that ends a text is put
 * behind a completion that does not end with one, once.
 *
 * <p>Messages are rendered by the model's chat template, the prompt with what comes before an
 * answer, and have the ids of that text and no others: a token that begins it is there if the
 * template writes it. A completion is what follows the prompt in tokens when both are rendered
 * together. Where the prompt alone is written in another way behind its last message (a generation
 * prompt that opens a thought, a space at its end), both are cut at the common prefix of their
 * tokens, as TRL does; where its messages are, the chat is refused. The header of a next answer
 * that a template writes though none is asked for is left out.
 *
 * <p>A turn's end that the template writes is the completion's end, and nothing is put behind it:
 * the last token, white space apart, that ends a text, or is a special token of the template's own,
 * or an added token that ends the prompt's last turn too. White space behind it belongs to the
 * completion, as for TRL. Where a template writes no such token, the completion gets the one that
 * ends a text.
 *
 * <p>Safe to use from several threads; {@link #close} waits for calls that are under way.
 */
public final class ModelTokenizer implements Tokenizer, AutoCloseable {

  private final Path directory;
  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final TurnTokens turns;
  private final NativeTokenizer library;
  private final Supplier<Optional<ModelTemplates>> templates;
  private final String fingerprint;
  private final Boundary boundary;
  private final boolean rendersChats;
  private final boolean writesDate;
  private final Optional<LocalDate> date;

  private ModelTokenizer(
      TokenizerDirectory files,
      TokenizerCheck checked,
      NativeTokenizer library,
      Boundary boundary) {
    this.directory = files.path();
    this.vocabulary = checked.vocabulary();
    this.special = SpecialTokens.of(files, checked);
    this.turns =
        new TurnTokens(
            checked.added(),
            special.ends().stream()
                .filter(vocabulary::has)
                .map(vocabulary::token)
                .collect(ImmutableSet.toImmutableSet()));
    this.library = library;
    // Not before it is needed: one that cannot be used is no hindrance for plain text.
    this.templates = Suppliers.memoize(() -> Templates.find(files));
    this.fingerprint = files.fingerprint();
    this.boundary = boundary;
    this.rendersChats = Templates.areIn(files);
    this.writesDate = Templates.writeDate(files);
    this.date = Optional.empty();
  }

  /** The same on a day. */
  private ModelTokenizer(ModelTokenizer same, LocalDate date) {
    this.directory = same.directory;
    this.vocabulary = same.vocabulary;
    this.special = same.special;
    this.turns = same.turns;
    this.library = same.library;
    this.templates = same.templates;
    this.fingerprint = same.fingerprint;
    this.boundary = same.boundary;
    this.rendersChats = same.rendersChats;
    this.writesDate = same.writesDate;
    this.date = Optional.of(date);
  }

  /**
   * Loads a directory's tokenizer, without touching the network.
   *
   * @param directory with {@code tokenizer.json} and, where the model has them, {@code
   *     tokenizer_config.json}, {@code special_tokens_map.json}, {@code generation_config.json} and
   *     {@code chat_template.jinja}
   * @return the tokenizer; close it to free the native memory
   * @throws IllegalArgumentException if a file is missing, malformed or beyond what is supported;
   *     the message names file, place, rule and value
   * @throws java.io.UncheckedIOException if a file cannot be read
   * @throws ai.djl.engine.EngineException if there is no native tokenizer library for this platform
   */
  public static ModelTokenizer load(Path directory) {
    return load(directory, Boundary.STRICT);
  }

  /**
   * Loads a directory's tokenizer, without touching the network.
   *
   * @param directory as above
   * @param boundary what becomes of plain prompts whose last token changes before a completion
   * @return the tokenizer; close it to free the native memory
   * @throws IllegalArgumentException as above
   * @throws java.io.UncheckedIOException as above
   * @throws ai.djl.engine.EngineException as above
   */
  public static ModelTokenizer load(Path directory, Boundary boundary) {
    TokenizerDirectory files = TokenizerDirectory.read(directory);
    Path file = files.file(TokenizerDirectory.TOKENIZER);
    TokenizerCheck checked = TokenizerCheck.of(file, files.object(TokenizerDirectory.TOKENIZER));
    SpecialTokens unused = SpecialTokens.of(files, checked);
    return new ModelTokenizer(files, checked, NativeTokenizer.load(file, checked), boundary);
  }

  @Override
  public PromptGroup encode(Text prompt, List<Text> completions) {
    return tokenize(prompt, completions).group();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The chat template is read when the first messages come. If it is malformed, gets to what is
   * not supported or refuses the messages, the message names its file and line.
   *
   * @throws BoundaryMergeException if a token holds both the end of a plain prompt and the
   *     beginning of a completion, and the boundary is strict
   */
  @Override
  public Tokenized tokenize(Text prompt, List<Text> completions) {
    requireOneKind(prompt, completions);
    return prompt instanceof Text.Chat chat
        ? tokenizeChats(chat, completions.stream().map(text -> (Text.Chat) text).toList())
        : tokenizePlain(
            (Text.Plain) prompt, completions.stream().map(text -> (Text.Plain) text).toList());
  }

  private Tokenized tokenizePlain(Text.Plain prompt, List<Text.Plain> completions) {
    ImmutableIntArray alone = begun(encode(prompt.text()));
    List<ImmutableIntArray> wholes = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      ImmutableIntArray ids = begun(encode(prompt.text() + completions.get(i).text()));
      int common = Cut.commonPrefix(alone, ids);
      if (common < alone.length() && boundary == Boundary.STRICT) {
        String token =
            common < ids.length() ? library.decode(ids.subArray(common, common + 1)) : "";
        throw BoundaryMergeException.of(i, prompt.text(), completions.get(i).text(), token);
      }
      wholes.add(ids);
    }
    Cut cut = Cut.of(alone, wholes);
    return tokenized(cut, cut.completions().stream().map(this::ended).toList());
  }

  private Tokenized tokenizeChats(Text.Chat prompt, List<Text.Chat> completions) {
    Chats chats = chats();
    Chats.Start start = chats.start(prompt);
    boolean asked = chats.isHeaderAsked(start);
    List<Chats.Whole> wholes = new ArrayList<>();
    for (int i = 0; i < completions.size(); i++) {
      wholes.add(chats.whole(start, asked, i, completions.get(i)));
    }
    Cut cut =
        Cut.of(encode(start.text()), wholes.stream().map(whole -> encode(whole.text())).toList());
    List<ImmutableIntArray> ended = new ArrayList<>();
    for (int i = 0; i < wholes.size(); i++) {
      ImmutableIntArray ids = cut.completions().get(i);
      ended.add(wholes.get(i).ended() ? ids : ended(ids));
    }
    return tokenized(cut, ended);
  }

  private Tokenized tokenized(Cut cut, List<ImmutableIntArray> completions) {
    return new Tokenized(
        PromptGroup.of(cut.prompt(), completions), beginning(cut.prompt()), cut.early());
  }

  /** How many tokens at its front begin a text, rather than say something. */
  private int beginning(ImmutableIntArray ids) {
    int before = special.before().length();
    if (before > 0 && Cut.commonPrefix(special.before(), ids) == before) {
      return before;
    }
    return !ids.isEmpty() && special.bos().orElse(-1) == ids.get(0) ? 1 : 0;
  }

  /**
   * A prompt without completions, to be continued by a model.
   *
   * @param prompt plain text or a chat, rendered with what comes before an answer
   * @return its ids, as {@link #encode(Text, List)} has them
   * @throws IllegalArgumentException as for {@link #encode(Text, List)}
   */
  public ImmutableIntArray encodePrompt(Text prompt) {
    return prompt instanceof Text.Chat chat
        ? encode(chats().start(chat).text())
        : begun(encode(((Text.Plain) prompt).text()));
  }

  @Override
  public boolean rendersChats() {
    return rendersChats;
  }

  @Override
  public boolean writesDate() {
    return writesDate;
  }

  @Override
  public Optional<LocalDate> date() {
    return date;
  }

  @Override
  public ModelTokenizer asOf(LocalDate newDate) {
    return writesDate() ? new ModelTokenizer(this, newDate) : this;
  }

  @Override
  public ImmutableMap<String, String> settings() {
    return ImmutableMap.of("boundary", boundary.label());
  }

  /**
   * Turns text into ids and adds nothing: neither a token that begins it nor one that ends it.
   * Special tokens that the text spells out become their ids.
   *
   * @param text at most about two million characters, fewer where the tokenizer's normalizer can
   *     make a text longer
   * @return its ids
   * @throws IllegalArgumentException if the text is too long, holds half a surrogate pair, or has
   *     characters that the vocabulary lacks and no token stands for
   * @throws IllegalStateException if this is closed
   */
  public ImmutableIntArray encode(String text) {
    return library.encode(text);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if this is closed
   */
  @Override
  public String decode(ImmutableIntArray ids) {
    return library.decode(ids);
  }

  /**
   * How many rows an embedding needs for these tokens.
   *
   * @return the highest id plus one
   */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /**
   * Checks that a model knows every token. Models often have more rows than tokens.
   *
   * @param modelVocabularySize {@code vocab_size} of the model
   * @throws IllegalArgumentException if there are tokens beyond it
   */
  public void checkFits(int modelVocabularySize) {
    Check.that(
        vocabulary.size() <= modelVocabularySize,
        "vocab_size of the model must be at least %d, for the token '%s' of %s, got %d",
        vocabulary.size(),
        vocabulary.token(vocabulary.size() - 1),
        directory,
        modelVocabularySize);
  }

  /**
   * The token that ends a completion.
   *
   * @return its id
   */
  public int eosId() {
    return special.eos();
  }

  /**
   * All tokens that end a completion.
   *
   * @return their ids
   */
  public ImmutableSet<Integer> ends() {
    return special.ends();
  }

  /**
   * Whether an id stands for a token; models often have more rows than tokens.
   *
   * @param id any number
   * @return true if {@link #decode} takes it
   */
  public boolean knows(int id) {
    return vocabulary.has(id);
  }

  /**
   * The token that begins a text.
   *
   * @return its id, or nothing where the model has none
   */
  public OptionalInt bosId() {
    return special.bos();
  }

  /**
   * Tells tokenizers apart: the same for the same files, whatever directory they are in, and the
   * same boundary and date.
   *
   * @return SHA-256 over the names and contents of the files read, and over what was chosen that is
   *     not the default, as 64 hexadecimal digits
   */
  public String fingerprint() {
    return boundary == Boundary.STRICT && date.isEmpty()
        ? fingerprint
        : Hashing.sha256()
            .hashString(
                fingerprint + boundary + date.map(LocalDate::toString).orElse(""),
                StandardCharsets.UTF_8)
            .toString();
  }

  /** Frees the native memory. What is called afterwards fails; a second call does nothing. */
  @Override
  public void close() {
    library.close();
  }

  private ImmutableIntArray begun(ImmutableIntArray ids) {
    ImmutableIntArray before = special.before();
    return Cut.commonPrefix(before, ids) == before.length()
        ? ids
        : ImmutableIntArray.builder().addAll(before).addAll(ids).build();
  }

  private ImmutableIntArray ended(ImmutableIntArray ids) {
    return !ids.isEmpty() && special.ends().contains(ids.get(ids.length() - 1))
        ? ids
        : ImmutableIntArray.builder().addAll(ids).add(special.eos()).build();
  }

  private static void requireOneKind(Text prompt, List<Text> completions) {
    for (int i = 0; i < completions.size(); i++) {
      Check.that(
          completions.get(i) instanceof Text.Chat == prompt instanceof Text.Chat,
          "prompt and completion %d must both be plain text or both be messages, got one of each",
          i);
    }
  }

  private Chats chats() {
    ModelTemplates found =
        templates
            .get()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        directory
                            + ": has no chat template (chat_template.jinja, or chat_template in"
                            + " tokenizer_config.json); give plain text instead of messages"));
    return new Chats(
        directory, found, turns, date.orElseGet(() -> LocalDate.now(ZoneId.systemDefault())));
  }
}
