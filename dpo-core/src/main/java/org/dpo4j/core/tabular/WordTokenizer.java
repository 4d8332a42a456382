package org.dpo4j.core.tabular;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.ImmutableIntArray;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;

/**
 * A tokenizer whose tokens are words with the white space before them. Every completion ends with
 * {@link #END}, id 0. Has no chat template, so takes plain text only.
 */
public final class WordTokenizer implements Tokenizer {

  /** The token that ends a completion. */
  public static final String END = "<end>";

  private static final Pattern WORD = Pattern.compile("\\s*\\S+|\\s+$");

  private final ImmutableList<String> vocabulary;
  private final ImmutableMap<String, Integer> ids;

  private WordTokenizer(ImmutableList<String> vocabulary) {
    this.vocabulary = vocabulary;
    this.ids = Maps.uniqueIndex(ImmutableList.copyOf(range(vocabulary.size())), vocabulary::get);
  }

  /**
   * A tokenizer of the words in some texts.
   *
   * @param texts the texts; words keep the order of their first appearance
   * @return the tokenizer; its vocabulary is {@link #END} and the words
   * @throws IllegalArgumentException if a text contains the word {@link #END}
   */
  public static WordTokenizer of(Iterable<String> texts) {
    Set<String> words = new LinkedHashSet<>();
    words.add(END);
    texts.forEach(text -> words.addAll(words(text)));
    return new WordTokenizer(ImmutableList.copyOf(words));
  }

  /**
   * All tokens.
   *
   * @return {@code [vocabulary]}, the token of id i at i
   */
  public ImmutableList<String> vocabulary() {
    return vocabulary;
  }

  @Override
  public PromptGroup encode(Text prompt, List<Text> completions) {
    return PromptGroup.of(
        ids(prompt, false), completions.stream().map(completion -> ids(completion, true)).toList());
  }

  @Override
  public String decode(ImmutableIntArray tokens) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens.length(); i++) {
      int id = tokens.get(i);
      Check.that(
          id >= 0 && id < vocabulary.size(),
          "token id must be in [0, %d), got %d",
          vocabulary.size(),
          id);
      text.append(id == 0 ? "" : vocabulary.get(id));
    }
    return text.toString();
  }

  private ImmutableIntArray ids(Text text, boolean ends) {
    if (!(text instanceof Text.Plain plain)) {
      throw new IllegalArgumentException(
          "WordTokenizer has no chat template; give plain text instead of messages");
    }
    ImmutableIntArray.Builder tokens = ImmutableIntArray.builder();
    for (String word : words(plain.text())) {
      Integer id = ids.get(word);
      if (id == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "'%s' is not in the vocabulary of %d words; build the tokenizer with it",
                word,
                vocabulary.size()));
      }
      tokens.add(id);
    }
    return ends ? tokens.add(0).build() : tokens.build();
  }

  private static List<String> words(String text) {
    List<String> words = WORD.matcher(text).results().map(MatchResult::group).toList();
    Check.that(!words.contains(END), "text must not contain the word '%s', which is reserved", END);
    return words;
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }
}
