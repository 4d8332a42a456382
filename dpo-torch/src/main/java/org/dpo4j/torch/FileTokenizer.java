package org.dpo4j.torch;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.torch.internal.tokenizer.ModelTokenizer;

/**
 * A model's tokenizer and chat template without its weights: to count tokens, or to see what a
 * model would be shown. Needs the tokenizers' native library, and no libtorch.
 *
 * <p>Safe to use from several threads; {@link #close} waits for calls that are under way.
 */
public final class FileTokenizer implements Tokenizer, AutoCloseable {

  private final ModelTokenizer tokenizer;

  private FileTokenizer(ModelTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a tokenizer.
   *
   * @param directory with {@code tokenizer.json}, and {@code tokenizer_config.json} and {@code
   *     chat_template.jinja} if the model has them
   * @return the tokenizer, to be closed by the caller
   * @throws IllegalArgumentException if a file is missing or malformed; the message names it
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static FileTokenizer load(Path directory) {
    return load(directory, Tokenization.standard());
  }

  /**
   * Reads a tokenizer.
   *
   * @param directory as above
   * @param tokenization what its files leave open
   * @return the tokenizer, to be closed by the caller
   * @throws IllegalArgumentException as above
   * @throws java.io.UncheckedIOException as above
   */
  public static FileTokenizer load(Path directory, Tokenization tokenization) {
    return new FileTokenizer(tokenization.load(directory));
  }

  @Override
  public PromptGroup encode(Text prompt, List<Text> completions) {
    return tokenizer.encode(prompt, completions);
  }

  @Override
  public Tokenized tokenize(Text prompt, List<Text> completions) {
    return tokenizer.tokenize(prompt, completions);
  }

  @Override
  public boolean rendersChats() {
    return tokenizer.rendersChats();
  }

  @Override
  public boolean writesDate() {
    return tokenizer.writesDate();
  }

  @Override
  public Optional<LocalDate> date() {
    return tokenizer.date();
  }

  @Override
  public Tokenizer asOf(LocalDate date) {
    return tokenizer.asOf(date);
  }

  @Override
  public ImmutableMap<String, String> settings() {
    return tokenizer.settings();
  }

  @Override
  public String decode(ImmutableIntArray ids) {
    return tokenizer.decode(ids);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
