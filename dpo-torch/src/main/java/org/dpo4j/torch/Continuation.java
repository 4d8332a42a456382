package org.dpo4j.torch;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.Locale;
import org.dpo4j.torch.Generation.FinishReason;
import org.dpo4j.torch.internal.decoder.Logits;
import org.dpo4j.torch.internal.generation.Noise;
import org.dpo4j.torch.internal.generation.TextPieces;
import org.dpo4j.torch.internal.generation.TokenChoice;
import org.dpo4j.torch.internal.tokenizer.ModelTokenizer;
import org.jspecify.annotations.Nullable;

/** One continuation while it is generated. */
final class Continuation {

  private final int prompt;
  private final int sample;
  private final int maxTokens;
  private final long seed;
  private final TokenChoice choice;
  private final ImmutableSet<Integer> ends;
  private final ModelTokenizer tokenizer;
  private final GenerationListener listener;
  private final TextPieces pieces;
  private final BitSet seen = new BitSet();
  private final ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
  private final ImmutableDoubleArray.Builder logProbs = ImmutableDoubleArray.builder();
  private int tokens;
  private int lastToken;
  private @Nullable FinishReason reason;

  Continuation(
      int prompt,
      int sample,
      ImmutableIntArray promptIds,
      int maxTokens,
      Sampling sampling,
      ImmutableSet<Integer> ends,
      ModelTokenizer tokenizer,
      GenerationListener listener) {
    this.prompt = prompt;
    this.sample = sample;
    this.maxTokens = maxTokens;
    this.seed = sampling.seed();
    this.choice = sampling.choice();
    this.ends = ends;
    this.tokenizer = tokenizer;
    this.listener = listener;
    this.pieces = new TextPieces(tokenizer::decode, sampling.stops());
    promptIds.forEach(seen::set);
  }

  /** Chooses the next token. */
  void draw(Logits logits, int row) {
    float[] z = logits.values();
    int from = row * logits.vocabulary();
    double logSum = logits.logSums()[row];
    if (!Double.isFinite(logSum)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the model's logits must be finite, got a sum of exponentials of e^%s after %d tokens of"
                  + " prompt %d, sample %d",
              logSum,
              tokens,
              prompt,
              sample));
    }
    Noise noise = Noise.at(seed, prompt, sample, tokens);
    lastToken = choice.choose(z, from, logits.vocabulary(), seen, noise);
    seen.set(lastToken);
    ids.add(lastToken);
    logProbs.add(Math.min(0.0, z[from + lastToken] - logSum));
    tokens++;
    read();
  }

  private void read() {
    if (ends.contains(lastToken)) {
      end(FinishReason.STOP);
      return;
    }
    // Models often have more rows than tokens; the others have no text.
    if (tokenizer.knows(lastToken)) {
      tell(pieces.add(lastToken));
    }
    if (pieces.stopped()) {
      end(FinishReason.STOP);
    } else if (tokens == maxTokens) {
      end(FinishReason.LENGTH);
    }
  }

  void end(FinishReason newReason) {
    reason = newReason;
    tell(pieces.finish());
  }

  private void tell(String piece) {
    if (!piece.isEmpty()) {
      listener.onText(prompt, sample, piece);
    }
  }

  int lastToken() {
    return lastToken;
  }

  boolean ended() {
    return reason != null;
  }

  Generation generation() {
    return new Generation(
        prompt,
        sample,
        pieces.text(),
        ids.build(),
        logProbs.build(),
        reason == null ? FinishReason.CANCELLED : reason);
  }
}
