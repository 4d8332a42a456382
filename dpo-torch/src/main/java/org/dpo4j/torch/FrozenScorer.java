package org.dpo4j.torch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.decoder.Network;

/**
 * A view of a model with some of its adapters. Owns nothing, so that closing it has no effect.
 *
 * @param network what computes
 * @param spec its description
 * @param tokenizer whose ids it reads
 * @param name of the weights
 * @param uses of the adapters
 */
record FrozenScorer(
    Network network, DecoderSpec spec, Tokenizer tokenizer, Supplier<String> name, Uses uses)
    implements TokenScorer {

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    return uses.call(() -> NetworkScorer.score(network, spec, groups, statistics));
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(uses.call(name));
  }

  @Override
  public Optional<Tokenizer> vocabulary() {
    return Optional.of(tokenizer);
  }
}
