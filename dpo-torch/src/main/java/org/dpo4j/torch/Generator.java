package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.reward.CandidateSource;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.theory.SampledKl;
import org.dpo4j.torch.Generation.FinishReason;
import org.dpo4j.torch.GenerationPlan.Share;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.decoder.CachedNetwork;
import org.dpo4j.torch.internal.decoder.CachedNetwork.Start;
import org.dpo4j.torch.internal.decoder.Decoding;
import org.dpo4j.torch.internal.decoder.Logits;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.Network.Steady;
import org.dpo4j.torch.internal.tokenizer.ModelTokenizer;

/**
 * Generates text with a model as it is at that moment: its base, an adapter, or weights in
 * training.
 *
 * <pre>{@code
 * model.generator().generate(Text.of("Once upon a time"), Sampling.defaults().topP(0.9));
 * }</pre>
 *
 * <p>A prompt is computed once for all of its continuations, which are then generated together,
 * with those of other prompts. The same seed gives the same text whatever is generated beside it:
 * each continuation has random numbers of its own, and on a CPU its logits have the same bits in
 * any batch. On a GPU they may differ in the last digit, which now and then tips a draw, or a
 * choice between equals.
 *
 * <p>Owns nothing, and can be used until its model or policy is closed or its adapter unloaded,
 * from several threads; that of a policy in training only from the training thread ({@link
 * LanguageModel} says more).
 */
public final class Generator {

  private static final int DEFAULT_BATCH = 64;

  private final Network network;
  private final Uses uses;
  private final ModelTokenizer tokenizer;
  private final ImmutableSet<Integer> ends;
  private final int batch;
  private final OptionalLong maxCacheBytes;

  private Generator(
      Network network,
      Uses uses,
      ModelTokenizer tokenizer,
      ImmutableSet<Integer> ends,
      int batch,
      OptionalLong maxCacheBytes) {
    this.network = network;
    this.uses = uses;
    this.tokenizer = tokenizer;
    this.ends = ends;
    this.batch = batch;
    this.maxCacheBytes = maxCacheBytes;
  }

  static Generator of(Network network, Uses uses, ModelTokenizer tokenizer, ModelConfig config) {
    ImmutableSet.Builder<Integer> ends = ImmutableSet.builder();
    ends.addAll(tokenizer.ends());
    config.optionalInts("eos_token_id", 0, Integer.MAX_VALUE).ifPresent(ends::addAll);
    return new Generator(
        network, uses, tokenizer, ends.build(), DEFAULT_BATCH, OptionalLong.empty());
  }

  /**
   * Sets how many continuations are generated together at most; 64 by default.
   *
   * @param continuations ≥ 1
   * @return a generator that does so
   */
  public Generator batch(int continuations) {
    Check.atLeastOne("continuations", continuations);
    return new Generator(network, uses, tokenizer, ends, continuations, maxCacheBytes);
  }

  /**
   * Sets how much memory keys, values and logits may take. Fewer continuations are then generated
   * together. By default it is three quarters of what the machine has free at the time; on a GPU,
   * whose memory is not looked at, there is no bound.
   *
   * @param bytes ≥ 1
   * @return a generator that keeps to it
   */
  public Generator maxCacheBytes(long bytes) {
    Check.that(bytes >= 1, "bytes must be ≥ 1, got %d", bytes);
    return new Generator(network, uses, tokenizer, ends, batch, OptionalLong.of(bytes));
  }

  /**
   * Continues a prompt.
   *
   * @param prompt plain text, taken as it is, or a chat, of which the answer is generated
   * @param sampling how
   * @return its continuations, {@code sampling.samples()} of them
   * @throws IllegalArgumentException as for {@link #generate(List, Sampling)}
   */
  public ImmutableList<Generation> generate(Text prompt, Sampling sampling) {
    return generate(ImmutableList.of(prompt), sampling);
  }

  /**
   * Continues prompts.
   *
   * @param prompts plain texts, taken as they are, or chats, of which the answers are generated
   * @param sampling how
   * @return the continuations, those of the first prompt first
   * @throws IllegalArgumentException if a prompt cannot be rendered or tokenized, has no token, or
   *     as many as the model takes, or if a continuation would need more memory than it may; the
   *     message names the prompt
   */
  public ImmutableList<Generation> generate(List<Text> prompts, Sampling sampling) {
    return generate(prompts, sampling, GenerationListener.none(), new Cancellation());
  }

  /**
   * Continues prompts while somebody listens.
   *
   * @param prompts plain texts, taken as they are, or chats, of which the answers are generated
   * @param sampling how
   * @param listener told of text as soon as it is certain, on the calling thread
   * @param cancellation ends it before the next token, as does interrupting the calling thread;
   *     what was generated by then is returned
   * @return the continuations, those of the first prompt first
   * @throws IllegalArgumentException as for {@link #generate(List, Sampling)}
   */
  public ImmutableList<Generation> generate(
      List<Text> prompts,
      Sampling sampling,
      GenerationListener listener,
      Cancellation cancellation) {
    return generateFromIds(
        prompts.stream().map(tokenizer::encodePrompt).toList(), sampling, listener, cancellation);
  }

  /**
   * Whether a prompt can be continued: it can be rendered and tokenized, has a token, and fewer
   * than the model takes.
   *
   * @param prompt plain text or a chat
   * @return false where {@link #generate(Text, Sampling)} would refuse it
   */
  public boolean takes(Text prompt) {
    try {
      int tokens = tokenizer.encodePrompt(prompt).length();
      return tokens > 0 && tokens < network.cached().maxPositions();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Continues token ids, to which nothing is added.
   *
   * @param prompts the ids of each prompt
   * @param sampling how
   * @param listener told of text as soon as it is certain, on the calling thread
   * @param cancellation as for {@link #generate(List, Sampling, GenerationListener, Cancellation)}
   * @return the continuations, those of the first prompt first
   * @throws IllegalArgumentException as for {@link #generate(List, Sampling)}, or if an id is not
   *     in the vocabulary
   */
  public ImmutableList<Generation> generateFromIds(
      List<ImmutableIntArray> prompts,
      Sampling sampling,
      GenerationListener listener,
      Cancellation cancellation) {
    return uses.call(() -> continued(prompts, sampling, listener, cancellation));
  }

  private ImmutableList<Generation> continued(
      List<ImmutableIntArray> prompts,
      Sampling sampling,
      GenerationListener listener,
      Cancellation cancellation) {
    CachedNetwork cached = network.cached();
    Steady state = network.steady();
    checkLengths(prompts, cached.maxPositions());
    checkIds(prompts, cached.vocabularySize());
    GenerationPlan plan =
        GenerationPlan.of(prompts, sampling, cached, batch, maxCacheBytes.orElseGet(this::spare));
    ImmutableSet<Integer> stopIds =
        ImmutableSet.<Integer>builder()
            .addAll(sampling.stopIds())
            .addAll(sampling.endsAtEos() ? ends : ImmutableSet.of())
            .build();
    ImmutableList.Builder<Generation> generations = ImmutableList.builder();
    for (ImmutableList<Share> shares : plan.batches()) {
      ImmutableList.Builder<Continuation> begun = ImmutableList.builder();
      for (Share share : shares) {
        int room = cached.maxPositions() - share.ids().length();
        for (int i = 0; i < share.samples(); i++) {
          begun.add(
              new Continuation(
                  share.prompt(),
                  share.firstSample() + i,
                  share.ids(),
                  Math.min(sampling.maxTokens(), room),
                  sampling,
                  stopIds,
                  tokenizer,
                  listener));
        }
      }
      ImmutableList<Continuation> continuations = begun.build();
      if (!isCancelled(cancellation)) {
        run(cached, state, shares, continuations, plan.longest(), cancellation);
      }
      continuations.forEach(continuation -> generations.add(continuation.generation()));
    }
    return generations.build();
  }

  /**
   * This generator as what best-of-N draws from.
   *
   * @param sampling how; number of samples and seed are those of each draw
   * @return draws with the tokens as they were drawn; safe from several threads as this is
   */
  public CandidateSource candidates(Sampling sampling) {
    return (prompt, n, seed) -> {
      ImmutableIntArray ids = tokenizer.encodePrompt(prompt);
      List<Generation> drawn =
          generateFromIds(
              ImmutableList.of(ids),
              sampling.samples(n).seed(seed),
              GenerationListener.none(),
              new Cancellation());
      return Candidates.of(
          prompt,
          drawn.stream().map(Generation::text).toList(),
          PromptGroup.of(ids, drawn.stream().map(Generation::tokenIds).toList()));
    };
  }

  private static void run(
      CachedNetwork network,
      Steady state,
      List<Share> shares,
      List<Continuation> continuations,
      int maxTokens,
      Cancellation cancellation) {
    List<Start> starts =
        shares.stream().map(share -> new Start(share.ids(), share.samples())).toList();
    try (Decoding decoding = network.begin(starts, maxTokens)) {
      int next = 0;
      for (int prompt = 0; prompt < shares.size(); prompt++) {
        for (int i = 0; i < shares.get(prompt).samples(); i++) {
          continuations.get(next++).draw(decoding.promptLogits(), prompt);
        }
      }
      List<Continuation> live = goOn(decoding, continuations);
      while (!live.isEmpty()) {
        state.require();
        if (isCancelled(cancellation)) {
          live.forEach(continuation -> continuation.end(FinishReason.CANCELLED));
          return;
        }
        int[] tokens = live.stream().mapToInt(Continuation::lastToken).toArray();
        Logits logits = decoding.step(tokens);
        for (int i = 0; i < live.size(); i++) {
          live.get(i).draw(logits, i);
        }
        live = goOn(decoding, live);
      }
      state.require();
    }
  }

  /** Lets those go that ended. */
  private static List<Continuation> goOn(Decoding decoding, List<Continuation> live) {
    int[] going = IntStream.range(0, live.size()).filter(row -> !live.get(row).ended()).toArray();
    if (going.length > 0) {
      decoding.keep(going);
    }
    return Arrays.stream(going).mapToObj(live::get).toList();
  }

  private static boolean isCancelled(Cancellation cancellation) {
    return cancellation.isCancelled() || Thread.currentThread().isInterrupted();
  }

  /**
   * Estimates how far what this writes is from what another model would: KL(this‖other) of a
   * continuation, from samples.
   *
   * @param other scores the same tokens
   * @param prompts one or more; the more, the narrower the interval
   * @param sampling how many samples a prompt, how long, and the seed; of the model's own
   *     distribution: temperature 1, nothing left out
   * @return the estimate, of continuations of at most {@code sampling.maxTokens()}
   * @throws IllegalArgumentException if other samples are asked for, or as for {@link
   *     #generate(List, Sampling)}
   */
  public SampledKl klTo(TokenScorer other, List<Text> prompts, Sampling sampling) {
    Sampling own =
        Sampling.defaults()
            .maxTokens(sampling.maxTokens())
            .samples(sampling.samples())
            .seed(sampling.seed())
            .endsAtEos(sampling.endsAtEos())
            .stopIds(sampling.stopIds().stream().mapToInt(Integer::intValue).toArray());
    Check.that(
        sampling.equals(own),
        "sampling must be of the model's own distribution (temperature 1, nothing left out), got %s",
        sampling);
    List<ImmutableIntArray> ids = prompts.stream().map(tokenizer::encodePrompt).toList();
    List<Generation> all = generateFromIds(ids, own, GenerationListener.none(), new Cancellation());
    List<double[]> logRatios = new ArrayList<>();
    for (int prompt = 0; prompt < ids.size(); prompt++) {
      List<Generation> samples = all.subList(prompt * own.samples(), (prompt + 1) * own.samples());
      TokenValues scored =
          other.logProbs(
              List.of(
                  PromptGroup.of(
                      ids.get(prompt), samples.stream().map(Generation::tokenIds).toList())));
      double[] ratios = new double[samples.size()];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = samples.get(i).logProb() - scored.sum(i);
      }
      logRatios.add(ratios);
    }
    return SampledKl.of(logRatios);
  }

  private long spare() {
    return network.cached().onCpu() ? FreeMemory.bytes() / 4 * 3 : Long.MAX_VALUE;
  }

  private static void checkLengths(List<ImmutableIntArray> prompts, int maxPositions) {
    for (int i = 0; i < prompts.size(); i++) {
      int length = prompts.get(i).length();
      Check.that(
          length > 0,
          "prompt %d must have at least one token (BOS, say), for the first of the text to be"
              + " predicted from; got none",
          i);
      Check.that(
          length < maxPositions,
          "prompt %d must have fewer tokens than the model takes (%d), got %d",
          i,
          maxPositions,
          length);
    }
  }

  private static void checkIds(List<ImmutableIntArray> prompts, int vocabularySize) {
    for (int i = 0; i < prompts.size(); i++) {
      int prompt = i;
      prompts
          .get(i)
          .forEach(
              id ->
                  Check.that(
                      id >= 0 && id < vocabularySize,
                      "prompt %d: token id must be in [0, %d), got %d",
                      prompt,
                      vocabularySize,
                      id));
    }
  }
}
