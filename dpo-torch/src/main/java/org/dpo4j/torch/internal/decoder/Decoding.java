package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.dpo4j.torch.internal.decoder.CachedNetwork.Start;
import org.jspecify.annotations.Nullable;

/**
 * Continuations under way, with their cache. Each prompt's keys and values are there once; each
 * continuation has its own for what it added. All have added the same number of tokens, and those
 * that end leave ({@link #keep}). Used by one thread, closed after use.
 */
public final class Decoding implements AutoCloseable {

  /** Prompts computed together have at most this many tokens, unless one alone has more. */
  private static final int PACK_TOKENS = 4096;

  private final CachedNetwork network;
  private final PtNDManager memory;
  private final int maxTokens;
  private final List<Group> groups = new ArrayList<>();

  /** Keys and values in turn, layer by layer. */
  private final List<PtNDArray> own = new ArrayList<>();

  private @Nullable TensorList ownList;
  private @Nullable TensorList promptList;
  private @Nullable Logits promptLogits;
  private int rows;
  private int added;

  /** A prompt's cache, keys and values in turn, layer by layer; and its continuations. */
  private static final class Group {
    final ImmutableIntArray prompt;
    final List<PtNDArray> cache = new ArrayList<>();
    int rows;

    Group(Start start) {
      this.prompt = start.prompt();
      this.rows = start.continuations();
    }
  }

  Decoding(CachedNetwork network, PtNDManager memory, List<Start> starts, int maxTokens) {
    this.network = network;
    this.memory = memory;
    this.maxTokens = maxTokens;
    starts.forEach(start -> groups.add(new Group(start)));
    this.rows = starts.stream().mapToInt(Start::continuations).sum();
  }

  /** The last token drawn is never computed. */
  static int cachedTokens(int maxTokens) {
    return Math.max(1, maxTokens - 1);
  }

  /**
   * What follows each prompt.
   *
   * @return one row a prompt
   */
  public Logits promptLogits() {
    return Objects.requireNonNull(promptLogits);
  }

  void prefill() {
    List<Logits> packs = new ArrayList<>();
    int from = 0;
    while (from < groups.size()) {
      int to = from + 1;
      int tokens = groups.get(from).prompt.length();
      while (to < groups.size() && tokens + groups.get(to).prompt.length() <= PACK_TOKENS) {
        tokens += groups.get(to).prompt.length();
        to++;
      }
      packs.add(prefill(groups.subList(from, to)));
      from = to;
    }
    promptLogits = joined(packs);
    // All room at once: tensors that grew would leave holes of their former sizes, and on a CPU
    // memory is taken only when it is written to.
    int capacity = cachedTokens(maxTokens);
    for (PtNDArray tensor : groups.get(0).cache) {
      own.add(network.kernels().tensor(memory, "new_cache", tensor, rows, capacity));
    }
    list();
  }

  private Logits prefill(List<Group> pack) {
    PackedBatch batch =
        PackedBatch.ofPrompts(
            pack.stream().map(group -> group.prompt).toList(),
            network.spec().vocabularySize(),
            network.spec().maxPositions());
    Kernels kernels = network.kernels();
    try (PtNDManager owner = (PtNDManager) memory.newSubManager();
        Inputs inputs = Inputs.of(network.layers(), batch, WholeRows.NONE, owner)) {
      PtNDArray x =
          kernels.tensor(owner, "embedded", inputs.ids(), inputs.positions(), network.around());
      for (Network.Layer layer : network.layers()) {
        PtNDArray before = x;
        ImmutableList<PtNDArray> out =
            kernels.tensors(
                memory,
                "prefill_" + layer.method(),
                x,
                inputs.rows(),
                inputs.whole(),
                inputs.rotary(layer),
                inputs.plan(layer).parts(),
                inputs.plan(layer).masks(),
                layer.w(),
                layer.l());
        before.close();
        x = out.get(0);
        for (int i = 0; i < pack.size(); i++) {
          pack.get(i).cache.addAll(out.subList(1 + 2 * i, 3 + 2 * i));
        }
      }
      try (PtNDArray last = x) {
        return logits(kernels.tensors(owner, "next", last, network.around()));
      }
    }
  }

  private Logits logits(List<PtNDArray> values) {
    return new Logits(
        values.get(0).toFloatArray(),
        values.get(1).toFloatArray(),
        network.spec().vocabularySize());
  }

  private static Logits joined(List<Logits> packs) {
    if (packs.size() == 1) {
      return packs.get(0);
    }
    int rows = packs.stream().mapToInt(Logits::rows).sum();
    int width = packs.get(0).vocabulary();
    float[] values = new float[rows * width];
    float[] sums = new float[rows];
    int row = 0;
    for (Logits pack : packs) {
      System.arraycopy(pack.values(), 0, values, row * width, pack.values().length);
      System.arraycopy(pack.logSums(), 0, sums, row, pack.rows());
      row += pack.rows();
    }
    return new Logits(values, sums, width);
  }

  /**
   * Adds a token to each continuation.
   *
   * @param tokens one a continuation, those of the first prompt first
   * @return what follows, one row a continuation
   */
  public Logits step(int... tokens) {
    try (PtNDManager owner = (PtNDManager) memory.newSubManager()) {
      long[] positions = positions();
      try (TensorList tables = network.tables(positions, owner)) {
        Logits logits =
            logits(
                network
                    .kernels()
                    .tensors(
                        owner,
                        "step",
                        (PtNDArray) owner.create(Arrays.stream(tokens).asLongStream().toArray()),
                        (PtNDArray) owner.create(positions),
                        tables,
                        list(ownList),
                        list(promptList),
                        groups.stream().mapToLong(group -> group.rows).toArray(),
                        added,
                        network.weights(),
                        network.branches(),
                        network.around()));
        added++;
        return logits;
      }
    }
  }

  private long[] positions() {
    long[] positions = new long[rows];
    int row = 0;
    for (Group group : groups) {
      Arrays.fill(positions, row, row + group.rows, (long) group.prompt.length() + added);
      row += group.rows;
    }
    return positions;
  }

  /**
   * Lets continuations go.
   *
   * @param going those that go on, of the rows there are now, ascending; at least one
   */
  public void keep(int... going) {
    if (going.length == rows) {
      return;
    }
    unlist();
    try (PtNDArray index =
        (PtNDArray) memory.create(Arrays.stream(going).asLongStream().toArray())) {
      own.replaceAll(
          tensor ->
              replaced(
                  tensor,
                  network.kernels().tensor(memory, "kept_cache", tensor, rows, index, added)));
    }
    int at = 0;
    for (Group group : groups) {
      int from = at;
      int to = at + group.rows;
      group.rows = (int) Arrays.stream(going).filter(row -> row >= from && row < to).count();
      at = to;
      if (group.rows == 0) {
        group.cache.forEach(PtNDArray::close);
      }
    }
    groups.removeIf(group -> group.rows == 0);
    rows = going.length;
    list();
  }

  private static PtNDArray replaced(PtNDArray old, PtNDArray by) {
    old.close();
    return by;
  }

  private void list() {
    unlist();
    ownList = TensorList.of(own);
    List<PtNDArray> prompts = new ArrayList<>();
    for (int i = 0; i < own.size(); i += 2) {
      for (Group group : groups) {
        prompts.addAll(group.cache.subList(i, i + 2));
      }
    }
    promptList = TensorList.of(prompts);
  }

  /** A list keeps its tensors alive. */
  private void unlist() {
    if (ownList != null) {
      ownList.close();
      ownList = null;
    }
    if (promptList != null) {
      promptList.close();
      promptList = null;
    }
  }

  private static TensorList list(@Nullable TensorList list) {
    return Objects.requireNonNull(list);
  }

  @Override
  public void close() {
    unlist();
    memory.close();
  }
}
