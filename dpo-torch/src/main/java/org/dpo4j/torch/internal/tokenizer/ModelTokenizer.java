package org.dpo4j.torch.internal.tokenizer;

import com.google.common.base.Strings;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.template.ChatTemplate;

/**
 * The tokenizer of a model's directory, as transformers and TRL use it.
 *
 * <p>A prompt and a completion are tokenized together, as the model would see them; the completion
 * is what follows the prompt's own tokens. Where the tokenizer makes one token of the end of the
 * one and the beginning of the other there is no such place, and {@link BoundaryMergeException}
 * says so.
 *
 * <p>The token that begins a text is put in front where the tokenizer itself does so (by its
 * post-processor, or {@code add_bos_token} in {@code tokenizer_config.json}, which wins), and never
 * a second time. The token that ends a text is put behind a completion that does not end with one.
 *
 * <p>Messages are rendered by the model's chat template, the prompt with what comes before an
 * answer. A completion is what follows the prompt's text when both are rendered together; a
 * template that writes the prompt in another way then is refused. What a template writes behind the
 * end of an answer, a line break usually, belongs to the completion, as it does for TRL.
 *
 * <p>Safe to use from several threads; {@link #close} waits for calls that are under way.
 */
public final class ModelTokenizer implements Tokenizer, AutoCloseable {

  private static final int SHOWN_CHARACTERS = 20;

  private final Path directory;
  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final NativeTokenizer library;
  private final Supplier<Optional<ChatTemplate>> template;
  private final String fingerprint;

  private ModelTokenizer(
      TokenizerDirectory files,
      Vocabulary vocabulary,
      SpecialTokens special,
      NativeTokenizer library) {
    this.directory = files.path();
    this.vocabulary = vocabulary;
    this.special = special;
    this.library = library;
    // Not before it is needed: one that cannot be used is no hindrance for plain text.
    this.template = Suppliers.memoize(() -> Templates.find(files));
    this.fingerprint = files.fingerprint();
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
    TokenizerDirectory files = TokenizerDirectory.read(directory);
    Path file = files.file(TokenizerDirectory.TOKENIZER);
    TokenizerCheck checked = TokenizerCheck.of(file, files.object(TokenizerDirectory.TOKENIZER));
    SpecialTokens special = SpecialTokens.of(files, checked);
    return new ModelTokenizer(
        files, checked.vocabulary(), special, NativeTokenizer.load(file, checked));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The chat template is read when the first messages come. If it is malformed, gets to what is
   * not supported or refuses the messages, the message names its file and line.
   *
   * @throws BoundaryMergeException if a token holds both the end of the prompt and the beginning of
   *     a completion
   */
  @Override
  public PromptGroup encode(Text prompt, List<Text> completions) {
    String start = start(prompt);
    ImmutableIntArray promptIds = begun(encode(start));
    ImmutableList.Builder<ImmutableIntArray> completionIds = ImmutableList.builder();
    for (int i = 0; i < completions.size(); i++) {
      String whole = whole(prompt, start, i, completions.get(i));
      ImmutableIntArray ids = begun(encode(whole));
      int common = commonPrefix(promptIds, ids);
      if (common < promptIds.length()) {
        String token =
            common < ids.length() ? library.decode(ids.subArray(common, common + 1)) : "";
        throw BoundaryMergeException.of(i, start, whole.substring(start.length()), token);
      }
      ImmutableIntArray completion = ids.subArray(common, ids.length());
      completionIds.add(prompt instanceof Text.Chat ? endedChat(completion) : ended(completion));
    }
    return PromptGroup.of(promptIds, completionIds.build());
  }

  /**
   * A prompt without completions, to be continued by a model.
   *
   * @param prompt plain text or a chat, rendered with what comes before an answer
   * @return its ids, as {@link #encode(Text, List)} has them
   * @throws IllegalArgumentException as for {@link #encode(Text, List)}
   */
  public ImmutableIntArray encodePrompt(Text prompt) {
    return begun(encode(start(prompt)));
  }

  private String start(Text prompt) {
    return prompt instanceof Text.Chat chat
        ? template().render(chat, true, LocalDateTime.now(ZoneId.systemDefault()))
        : ((Text.Plain) prompt).text();
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
   * Tells tokenizers apart: the same for the same files, whatever directory they are in.
   *
   * @return SHA-256 over the names and contents of the files read, as 64 hexadecimal digits
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** Frees the native memory. What is called afterwards fails; a second call does nothing. */
  @Override
  public void close() {
    library.close();
  }

  private ImmutableIntArray begun(ImmutableIntArray ids) {
    ImmutableIntArray before = special.before();
    return commonPrefix(before, ids) == before.length()
        ? ids
        : ImmutableIntArray.builder().addAll(before).addAll(ids).build();
  }

  private ImmutableIntArray ended(ImmutableIntArray ids) {
    return !ids.isEmpty() && special.ends().contains(ids.get(ids.length() - 1))
        ? ids
        : ImmutableIntArray.builder().addAll(ids).add(special.eos()).build();
  }

  /** A template that ends an answer may put a line break behind, which stays as it stands. */
  private ImmutableIntArray endedChat(ImmutableIntArray ids) {
    int last = ids.length() - 1;
    while (last >= 0 && !special.ends().contains(ids.get(last)) && isSpace(ids.get(last))) {
      last--;
    }
    return last >= 0 && special.ends().contains(ids.get(last)) ? ids : ended(ids);
  }

  private boolean isSpace(int id) {
    String text = library.decode(ImmutableIntArray.of(id));
    return !text.isEmpty() && text.isBlank();
  }

  /** Prompt and completion as one text, which begins with the prompt's. */
  private String whole(Text prompt, String start, int index, Text completion) {
    if (prompt instanceof Text.Plain && completion instanceof Text.Plain plain) {
      return start + plain.text();
    }
    if (!(prompt instanceof Text.Chat before) || !(completion instanceof Text.Chat after)) {
      throw new IllegalArgumentException(
          "prompt and completion "
              + index
              + " must both be plain text or both be messages, got one of each");
    }
    List<Message> messages =
        ImmutableList.<Message>builder().addAll(before.messages()).addAll(after.messages()).build();
    String whole =
        template()
            .render(
                before.withMessages(messages), false, LocalDateTime.now(ZoneId.systemDefault()));
    if (!whole.startsWith(start)) {
      int common = Strings.commonPrefix(start, whole).length();
      throw new IllegalArgumentException(
          String.format(
              "the chat template of %s must begin prompt and completion %d with what it makes of the"
                  + " prompt alone, but after %d characters it goes on with '%s' and not with '%s'",
              directory, index, common, shown(whole, common), shown(start, common)));
    }
    return whole;
  }

  private ChatTemplate template() {
    return template
        .get()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    directory
                        + ": has no chat template (chat_template.jinja, or chat_template in"
                        + " tokenizer_config.json); give plain text instead of messages"));
  }

  private static String shown(String text, int from) {
    return text.substring(from, Math.min(text.length(), from + SHOWN_CHARACTERS))
        .replace("\n", "\\n");
  }

  private static int commonPrefix(ImmutableIntArray a, ImmutableIntArray b) {
    int length = 0;
    while (length < a.length() && length < b.length() && a.get(length) == b.get(length)) {
      length++;
    }
    return length;
  }
}
