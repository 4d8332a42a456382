package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordTokenizerTest {

  private static final WordTokenizer TOKENIZER = WordTokenizer.of(List.of("the cat", " sat the"));

  @Test
  void vocabulary_isEndAndTheWordsInOrderOfAppearance() {
    assertThat(TOKENIZER.vocabulary())
        .containsExactly(WordTokenizer.END, "the", " cat", " sat", " the");
  }

  @Test
  void encode_endsCompletionsButNotThePrompt() {
    PromptGroup group =
        TOKENIZER.encode(Text.of("the cat"), List.of(Text.of(" sat"), Text.of(" sat the")));

    assertThat(group.prompt()).isEqualTo(ImmutableIntArray.of(1, 2));
    assertThat(group.completions())
        .containsExactly(ImmutableIntArray.of(3, 0), ImmutableIntArray.of(3, 4, 0));
  }

  @Test
  void encode_ofNothingIsAnEmptyPromptAndTheEnd() {
    PromptGroup group = TOKENIZER.encode(Text.of(""), List.of(Text.of("")));

    assertThat(group.prompt()).isEqualTo(ImmutableIntArray.of());
    assertThat(group.completions()).containsExactly(ImmutableIntArray.of(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "yes",
        " yes",
        "yes ",
        "two  words",
        "lines\n\nof\ttext \n",
        "  both ends  "
      })
  void decode_givesBackWhatWasEncoded(String text) {
    WordTokenizer tokenizer = WordTokenizer.of(List.of(text));

    PromptGroup group = tokenizer.encode(Text.of(text), List.of(Text.of(text)));

    assertThat(tokenizer.decode(group.prompt())).isEqualTo(text);
    assertThat(tokenizer.decode(group.completions().get(0))).isEqualTo(text);
  }

  @Test
  void decode_leavesTheEndOut() {
    assertThat(TOKENIZER.decode(ImmutableIntArray.of(1, 2, 0))).isEqualTo("the cat");
  }

  @Test
  void encode_ofUnknownWord_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.encode(Text.of("the dog"), List.of(Text.of(" sat"))))
        .withMessage("' dog' is not in the vocabulary of 5 words; build the tokenizer with it");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.encode(Text.of("the"), List.of(Text.of("sat"))))
        .withMessage("'sat' is not in the vocabulary of 5 words; build the tokenizer with it");
  }

  @Test
  void encode_ofChat_isRefused() {
    Text chat = Text.of(List.of(Message.user("the cat")));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.encode(chat, List.of(Text.of(" sat"))))
        .withMessage("WordTokenizer has no chat template; give plain text instead of messages");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.encode(Text.of("the"), List.of(chat)))
        .withMessage("WordTokenizer has no chat template; give plain text instead of messages");
  }

  @Test
  void decode_ofUnknownId_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.decode(ImmutableIntArray.of(1, 5)))
        .withMessage("token id must be in [0, 5), got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TOKENIZER.decode(ImmutableIntArray.of(-1)))
        .withMessage("token id must be in [0, 5), got -1");
  }

  @Test
  void reservedWord_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WordTokenizer.of(List.of("<end>")))
        .withMessage("text must not contain the word '<end>', which is reserved");
  }
}
