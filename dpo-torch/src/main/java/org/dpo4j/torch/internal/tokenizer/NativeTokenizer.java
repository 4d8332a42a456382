package org.dpo4j.torch.internal.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.common.primitives.ImmutableIntArray;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.djl.Offline;

/**
 * The native library, given only what it can take: a checked file, texts of bounded length, ids of
 * the vocabulary. Several threads may use it at once; closing waits for them.
 */
final class NativeTokenizer implements AutoCloseable {

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final Path file;
  private final HuggingFaceTokenizer library;
  private final Vocabulary vocabulary;
  private final AddedTokens added;
  private final long maxCharacters;
  // Memory that is in use must not be freed: the library does not look.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private NativeTokenizer(Path file, HuggingFaceTokenizer library, TokenizerCheck checked) {
    this.file = file;
    this.library = library;
    this.vocabulary = checked.vocabulary();
    this.added = checked.added();
    this.maxCharacters = RegexCheck.MAX_CHARACTERS / (checked.growth() * checked.slowness());
  }

  static NativeTokenizer load(Path file, TokenizerCheck checked) {
    try {
      return new NativeTokenizer(file, Offline.call(() -> library(checked.json())), checked);
    } catch (RuntimeException e) {
      // The library's own exceptions have this class and no more.
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      throw new IllegalArgumentException(
          file
              + ": is refused by the tokenizer library: "
              + Shown.text(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static HuggingFaceTokenizer library(String json) {
    try (InputStream in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
      return HuggingFaceTokenizer.newInstance(in, OPTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ImmutableIntArray encode(String text) {
    Check.that(
        text.length() <= maxCharacters,
        "text must have at most %d characters for %s, got %d",
        maxCharacters,
        file,
        text.length());
    OptionalInt half = Surrogates.firstAlone(text);
    Check.that(
        half.isEmpty(),
        "text must not hold half a surrogate pair, got one at character %d",
        half.orElse(0));
    long[] ids =
        whileOpen(
            () -> {
              try {
                return library.encode(text, false, false).getIds();
              } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                    file
                        + ": cannot tokenize a text: "
                        + Shown.text(String.valueOf(e.getMessage())),
                    e);
              }
            });
    return ImmutableIntArray.copyOf(Arrays.stream(ids).mapToInt(Math::toIntExact));
  }

  String decode(ImmutableIntArray ids) {
    // The library skips ids that it does not know, and ends the JVM on other errors.
    long[] plain =
        ids.stream().filter(id -> !added.isSpecial(vocabulary.token(id))).asLongStream().toArray();
    return whileOpen(() -> library.decode(plain, false));
  }

  private <T> T whileOpen(Supplier<T> action) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer of " + file + " is closed");
      }
      return action.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      library.close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
