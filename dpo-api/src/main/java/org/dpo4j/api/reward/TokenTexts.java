package org.dpo4j.api.reward;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.Tokenizer;

/** Which token is which part of a text. */
final class TokenTexts {

  /** What decoders put in the place of a character that is not whole yet. */
  private static final String REPLACEMENT = "\uFFFD";

  private TokenTexts() {}

  /** The text of each token; joined, they are the text. */
  static ImmutableList<String> of(Tokenizer tokenizer, ImmutableIntArray ids) {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    String before = "";
    for (int end = 1; end <= ids.length(); end++) {
      // A token alone may decode to something else: without its space, or as half a character.
      String now = tokenizer.decode(ids.subArray(0, end));
      if (end < ids.length() && now.endsWith(REPLACEMENT)) {
        texts.add("");
      } else {
        texts.add(now.substring(Strings.commonPrefix(before, now).length()));
        before = now;
      }
    }
    return texts.build();
  }

  /** Joins tokens to words, which begin with white space or after it. */
  static ImmutableList<Contribution> words(List<Contribution> tokens) {
    List<Contribution> words = new ArrayList<>();
    for (Contribution token : tokens) {
      if (words.isEmpty() || begins(words.get(words.size() - 1).text(), token.text())) {
        words.add(token);
      } else {
        Contribution word = words.remove(words.size() - 1);
        words.add(
            new Contribution(
                word.text() + token.text(),
                word.tokens() + token.tokens(),
                word.reward() + token.reward()));
      }
    }
    return ImmutableList.copyOf(words);
  }

  private static boolean begins(String before, String text) {
    // A special token, such as the one that ends the text, stands alone.
    return text.isEmpty()
        || before.isEmpty()
        || Character.isWhitespace(text.charAt(0))
        || Character.isWhitespace(before.charAt(before.length() - 1));
  }
}
