package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dpo4j.torch.internal.architecture.AttentionSpec;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.RotarySpec;

/**
 * A network that generates: it keeps the keys and values of what it has seen. It shares the tensors
 * of the {@link Network} it is of, so that it computes what that computes at any time.
 */
public final class CachedNetwork implements AutoCloseable {

  private final Model model;
  private final DecoderSpec spec;
  private final Kernels kernels;
  private final ImmutableList<Network.Layer> layers;
  private final ImmutableList<RotarySpec> rotaries;
  private final TensorList weights;
  private final TensorList branches;
  private final TensorList around;

  /**
   * Writes and binds what generates.
   *
   * @param model the base
   * @param forms of the adapters on it, none of them training
   * @param branch the adapters' tensors, by the keys of {@link CachedLayerScript#branches}
   */
  CachedNetwork(
      Model model, ImmutableList<LayerAdapter> forms, Function<String, PtNDArray> branch) {
    this.model = model;
    this.spec = model.spec();
    List<CachedLayerScript> scripts = new ArrayList<>();
    for (int i = 0; i < spec.layers().size(); i++) {
      boolean last = i == spec.layers().size() - 1;
      scripts.add(new CachedLayerScript(spec.layers().get(i), forms, last, model.isOnCpu()));
    }
    LayerMethods methods = LayerMethods.of(scripts.stream().map(CachedLayerScript::text).toList());
    StepScript step = new StepScript(spec, model.types().layers(), scripts, methods.names());
    this.kernels = model.compile(methods.text() + step.text(), forms);
    this.rotaries = StepScript.rotaries(spec);
    List<PtNDArray> allWeights = new ArrayList<>();
    List<PtNDArray> allBranches = new ArrayList<>();
    ImmutableList.Builder<Network.Layer> bound = ImmutableList.builder();
    for (int i = 0; i < scripts.size(); i++) {
      CachedLayerScript script = scripts.get(i);
      List<PtNDArray> w = script.weights().stream().map(model.weights()::computed).toList();
      List<PtNDArray> l = script.branches().stream().map(branch).toList();
      allWeights.addAll(w);
      allBranches.addAll(l);
      bound.add(
          new Network.Layer(
              spec.layers().get(i),
              methods.names().get(i),
              script.needsMasks(),
              0,
              TensorList.of(w),
              TensorList.of(l),
              TensorList.of()));
    }
    this.layers = bound.build();
    this.weights = TensorList.of(allWeights);
    this.branches = TensorList.of(allBranches);
    this.around = TensorList.of(step.weights().stream().map(model.weights()::tensor).toList());
  }

  /** A prompt and how many continuations of it are wanted. */
  public record Start(ImmutableIntArray prompt, int continuations) {}

  /**
   * Computes prompts.
   *
   * @param starts at least one; prompts have at least one token, and ids of the vocabulary
   * @param maxTokens of each continuation; with the longest prompt no more than the model takes
   * @return what they leave, to be closed
   */
  public Decoding begin(List<Start> starts, int maxTokens) {
    PtNDManager memory = (PtNDManager) model.manager().newSubManager();
    Decoding decoding = new Decoding(this, memory, starts, maxTokens);
    try {
      decoding.prefill();
      return decoding;
    } catch (RuntimeException e) {
      decoding.close();
      throw e;
    }
  }

  /**
   * Bytes that {@link #begin} and what follows take beside the weights and the activations of
   * prompts: keys, values and logits.
   *
   * @param promptTokens of one prompt
   * @param continuations of it
   * @param maxTokens of each
   * @return the most it can be
   */
  public long bytes(int promptTokens, int continuations, int maxTokens) {
    long numbers = 0;
    for (LayerSpec layer : spec.layers()) {
      AttentionSpec attention = layer.attention();
      long kept = Math.min(promptTokens, CachedLayerScript.promptPositions(layer));
      long own = (long) continuations * Decoding.cachedTokens(maxTokens);
      numbers += 2L * attention.keyValueHeads() * attention.headWidth() * (kept + own);
    }
    // Logits are computed, capped or exponentiated, and copied to Java.
    long logits = 3L * continuations * spec.vocabularySize() * Float.BYTES;
    return numbers * model.types().layerBytes() + logits;
  }

  /** Cosine and sine tables of all rotations at some positions, as {@code step} wants them. */
  TensorList tables(long[] positions, PtNDManager owner) {
    return TensorList.of(
        rotaries.stream()
            .map(Optional::of)
            .flatMap(rotary -> Inputs.tables(rotary, positions, owner).stream())
            .toList());
  }

  /**
   * The longest sequence.
   *
   * @return tokens of prompt and continuation that the model takes
   */
  public int maxPositions() {
    return spec.maxPositions();
  }

  /**
   * Ids must be below.
   *
   * @return the vocabulary's size, padding included
   */
  public int vocabularySize() {
    return spec.vocabularySize();
  }

  /**
   * Where the cache is.
   *
   * @return whether it is in the machine's own memory
   */
  public boolean onCpu() {
    return model.isOnCpu();
  }

  DecoderSpec spec() {
    return spec;
  }

  Kernels kernels() {
    return kernels;
  }

  ImmutableList<Network.Layer> layers() {
    return layers;
  }

  /** All layers' weights. */
  TensorList weights() {
    return weights;
  }

  /** All layers' adapters. */
  TensorList branches() {
    return branches;
  }

  /** What embedding, last norm and head read. */
  TensorList around() {
    return around;
  }

  @Override
  public void close() {
    for (Network.Layer layer : layers) {
      layer.w().close();
      layer.l().close();
      layer.g().close();
    }
    weights.close();
    branches.close();
    around.close();
    model.release(kernels);
  }
}
