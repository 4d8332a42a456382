package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.PackedBatch;
import org.dpo4j.torch.internal.decoder.Scores;

/** Prompt groups through a network: packs them, and gives each completion its row. */
final class NetworkScorer {

  /** Groups scored together have at most this many tokens, unless one alone has more. */
  private static final int PACK_TOKENS = 4096;

  private NetworkScorer() {}

  static PackedBatch pack(DecoderSpec spec, List<PromptGroup> groups) {
    return PackedBatch.of(groups, spec.vocabularySize(), spec.maxPositions());
  }

  /** Scores groups, pack by pack. */
  static TokenScores score(
      Network network, DecoderSpec spec, List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    List<TokenScores> packs = new ArrayList<>();
    for (ImmutableList<PromptGroup> pack : packs(groups)) {
      PackedBatch batch = pack(spec, pack);
      packs.add(scores(batch.lengths(), network.score(batch, !statistics.isEmpty()), statistics));
    }
    return packs.size() == 1 ? packs.get(0) : joined(packs, statistics);
  }

  static List<ImmutableList<PromptGroup>> packs(List<PromptGroup> groups) {
    List<ImmutableList<PromptGroup>> packs = new ArrayList<>();
    List<PromptGroup> pack = new ArrayList<>();
    int tokens = 0;
    for (PromptGroup group : groups) {
      if (!pack.isEmpty() && tokens + group.tokens() > PACK_TOKENS) {
        packs.add(ImmutableList.copyOf(pack));
        pack.clear();
        tokens = 0;
      }
      pack.add(group);
      tokens += group.tokens();
    }
    if (!pack.isEmpty()) {
      packs.add(ImmutableList.copyOf(pack));
    }
    return packs;
  }

  /** The head's numbers, row by row. Rounding can leave a log-probability just above 0. */
  static TokenScores scores(int[] lengths, Scores scores, Set<TokenStatistic> statistics) {
    Map<TokenStatistic, TokenValues> measured = new EnumMap<>(TokenStatistic.class);
    for (TokenStatistic statistic : statistics) {
      measured.put(
          statistic,
          switch (statistic) {
            case ENTROPY -> rows(lengths, scores.entropies());
            case LOG_COLLISION -> atMostZero(rows(lengths, scores.logCollisions()));
          });
    }
    return TokenScores.of(atMostZero(rows(lengths, scores.logProbs())), measured);
  }

  private static TokenValues rows(int[] lengths, float[] values) {
    int[] next = {0};
    return TokenValues.generate(lengths, (row, token) -> values[next[0]++]);
  }

  private static TokenValues atMostZero(TokenValues values) {
    return values.map((row, token) -> Math.min(0.0, values.get(row, token)));
  }

  private static TokenScores joined(List<TokenScores> packs, Set<TokenStatistic> statistics) {
    Map<TokenStatistic, TokenValues> measured = new EnumMap<>(TokenStatistic.class);
    for (TokenStatistic statistic : statistics) {
      measured.put(
          statistic, joined(packs.stream().map(pack -> pack.statistics().get(statistic)).toList()));
    }
    return TokenScores.of(joined(packs.stream().map(TokenScores::logProbs).toList()), measured);
  }

  private static TokenValues joined(List<TokenValues> parts) {
    List<double[]> rows = new ArrayList<>();
    for (TokenValues part : parts) {
      for (int row = 0; row < part.rows(); row++) {
        rows.add(part.row(row));
      }
    }
    return TokenValues.of(rows);
  }
}
