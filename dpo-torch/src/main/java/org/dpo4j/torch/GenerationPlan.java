package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpo4j.api.RefusedException;
import org.dpo4j.api.Remedy;
import org.dpo4j.torch.internal.decoder.CachedNetwork;

/**
 * What is generated together.
 *
 * @param batches one after the other
 * @param longest the most tokens any continuation may have
 */
record GenerationPlan(ImmutableList<ImmutableList<Share>> batches, int longest) {

  /**
   * Continuations of one prompt in a batch.
   *
   * @param prompt its index
   * @param ids its tokens
   * @param firstSample index of the first continuation
   * @param samples how many follow
   */
  record Share(int prompt, ImmutableIntArray ids, int firstSample, int samples) {}

  /**
   * Fills batches in order.
   *
   * @param prompts each with room for a token
   * @param sampling how
   * @param network whose cache it is
   * @param batch the most continuations together
   * @param maxBytes the most bytes their cache may take
   * @throws IllegalArgumentException if that is too little for one continuation
   */
  static GenerationPlan of(
      List<ImmutableIntArray> prompts,
      Sampling sampling,
      CachedNetwork network,
      int batch,
      long maxBytes) {
    int shortest = prompts.stream().mapToInt(ImmutableIntArray::length).min().orElse(0);
    int longest = Math.min(sampling.maxTokens(), network.maxPositions() - shortest);
    List<ImmutableList<Share>> batches = new ArrayList<>();
    List<Share> open = new ArrayList<>();
    int rows = 0;
    long bytes = 0;
    for (int i = 0; i < prompts.size(); i++) {
      ImmutableIntArray ids = prompts.get(i);
      int done = 0;
      while (done < sampling.samples()) {
        int take = Math.min(batch - rows, sampling.samples() - done);
        while (take > 0 && bytes + network.bytes(ids.length(), take, longest) > maxBytes) {
          take--;
        }
        if (take == 0) {
          long least = network.bytes(ids.length(), 1, longest);
          requireBegun(open, i, ids.length(), longest, least, maxBytes);
          batches.add(ImmutableList.copyOf(open));
          open.clear();
          rows = 0;
          bytes = 0;
        } else {
          open.add(new Share(i, ids, done, take));
          done += take;
          rows += take;
          bytes += network.bytes(ids.length(), take, longest);
        }
      }
    }
    if (!open.isEmpty()) {
      batches.add(ImmutableList.copyOf(open));
    }
    return new GenerationPlan(ImmutableList.copyOf(batches), longest);
  }

  private static void requireBegun(
      List<Share> open, int prompt, int tokens, int longest, long bytes, long maxBytes) {
    if (!open.isEmpty()) {
      return;
    }
    throw new RefusedException(
        String.format(
            Locale.ROOT,
            "prompt %d: the keys and values of one continuation would take up to %d bytes (%d tokens and"
                + " up to %d more), but may take %d",
            prompt,
            bytes,
            tokens,
            longest,
            maxBytes),
        Remedy.GENERATE_LESS);
  }
}
