package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many continuations are generated together, and in what memory. */
class GenerationBatchesTest {

  private static final Text PROMPT = Text.of("A reward is");
  private static final Sampling SAMPLING = Sampling.defaults().maxTokens(30).endsAtEos(false);

  private final LanguageModel model = TinyModel.of("llama").load();
  private final Generator generator = model.generator();

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void littleMemory_sameTextInMoreBatches() {
    Sampling sampling = SAMPLING.samples(5);
    List<Text> prompts = List.of(PROMPT, Text.of("Once upon a time"));
    long one = oneContinuation();
    assertThat(generator.maxCacheBytes(2 * one).generate(prompts, sampling))
        .extracting(Generation::tokenIds)
        .isEqualTo(
            generator.generate(prompts, sampling).stream().map(Generation::tokenIds).toList());
  }

  @Test
  void tooLittleMemory_refused() {
    long one = oneContinuation();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.maxCacheBytes(one - 1).generate(PROMPT, SAMPLING))
        .withMessage(
            "prompt 0: the keys and values of one continuation would take up to %s bytes (%s tokens"
                + " and up to 30 more), but may take %s; give a smaller maxTokens, a shorter prompt or"
                + " more maxCacheBytes",
            one, promptTokens(), one - 1);
  }

  /** 2 layers, keys and values, 2 heads of width 8; the logits three times. */
  private long oneContinuation() {
    int vocabulary = model.logits(1)[0].length;
    return 4L * 2 * 2 * 2 * 8 * (promptTokens() + 29) + 3L * 4 * vocabulary;
  }

  private int promptTokens() {
    return model.tokenizer().encode(PROMPT, List.of(Text.of(" x"))).prompt().length();
  }
}
