package org.dpo4j.torch;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Range;
import java.util.Optional;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.peft.LoraScale;
import org.dpo4j.torch.internal.peft.LoraStart;
import org.dpo4j.torch.internal.peft.ModuleNames;
import org.dpo4j.torch.internal.peft.PeftAdapter;

/**
 * A low-rank adapter to train (LoRA, Hu et al. 2021, arXiv 2106.09685): each chosen linear module
 * computes {@code y = W x + s·B A x}, where W is frozen and A and B are trained.
 *
 * <pre>{@code
 * Lora lora = Lora.rank(16).targets("q_proj", "v_proj");
 * }</pre>
 *
 * <p>B starts as zero, so training starts at the base model. A starts uniform in (−1/√in, 1/√in),
 * PEFT's default. The numbers come from {@link java.util.SplittableRandom}, seeded by SHA-256 over
 * seed and module path: the same settings give the same start on every machine.
 *
 * @param rank r, rows of A and columns of B; in [1, 65536]
 * @param alpha α of the factor s = α/r; in (0, 1e9], 2·r by default
 * @param stabilized whether s = α/√r; false by default
 * @param dropout probability with which training, and nothing else, zeroes an element of x before
 *     A; in [0, 1), 0 by default
 * @param targets names of the modules to adapt; all linear modules of the layers if empty, the
 *     default
 * @param layers the layers to adapt, numbered from 0; all by default
 * @param seed of A; 42 by default
 */
public record Lora(
    int rank,
    double alpha,
    boolean stabilized,
    double dropout,
    ImmutableSet<String> targets,
    Range<Integer> layers,
    long seed) {

  /** Checks the ranges. */
  public Lora {
    LoraScale.check(rank, alpha);
    checkDropout(dropout);
    Check.that(
        targets.stream().noneMatch(String::isBlank),
        "targets must be names of modules, got %s",
        targets);
  }

  static void checkDropout(double dropout) {
    Check.that(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), got %s", dropout);
  }

  /**
   * An adapter of all linear modules.
   *
   * @param rank r, in [1, 65536]; 8 to 64 are usual
   * @return α = 2·r, no dropout
   */
  public static Lora rank(int rank) {
    return new Lora(rank, 2.0 * rank, false, 0.0, ImmutableSet.of(), Range.all(), 42);
  }

  /**
   * With another α.
   *
   * @param newAlpha in (0, 1e9]
   * @return the changed settings
   */
  public Lora alpha(double newAlpha) {
    return new Lora(rank, newAlpha, stabilized, dropout, targets, layers, seed);
  }

  /**
   * With the factor s = α/√r (rsLoRA, Kalajdzievski 2023, arXiv 2312.03732), which keeps the size
   * of what A and B learn where r is large.
   *
   * <p>PEFT and vLLM read this setting of a saved adapter; llama.cpp's converter does not, and
   * would scale by α/r.
   *
   * @return the changed settings
   */
  public Lora rankStabilized() {
    return new Lora(rank, alpha, true, dropout, targets, layers, seed);
  }

  /**
   * With dropout before A, while training.
   *
   * @param newDropout in [0, 1)
   * @return the changed settings
   */
  public Lora dropout(double newDropout) {
    return new Lora(rank, alpha, stabilized, newDropout, targets, layers, seed);
  }

  /**
   * On some modules only.
   *
   * @param names at least one; as in PEFT, a module's path or a suffix of it that follows a dot:
   *     {@code q_proj}, {@code mlp.c_proj}
   * @return the changed settings
   */
  public Lora targets(String... names) {
    Check.that(names.length > 0, "targets must have at least one name, got none");
    return new Lora(rank, alpha, stabilized, dropout, ImmutableSet.copyOf(names), layers, seed);
  }

  /**
   * On all linear modules of the layers, that is on all but the head; PEFT's {@code all-linear}.
   *
   * @return the changed settings
   */
  public Lora allLinear() {
    return new Lora(rank, alpha, stabilized, dropout, ImmutableSet.of(), layers, seed);
  }

  /**
   * On some layers only.
   *
   * @param from the first, numbered from 0
   * @param to one after the last
   * @return the changed settings
   */
  public Lora layers(int from, int to) {
    Check.that(from >= 0 && from < to, "layers must have 0 ≤ from < to, got [%d..%d)", from, to);
    return new Lora(rank, alpha, stabilized, dropout, targets, Range.closedOpen(from, to), seed);
  }

  /**
   * With another start.
   *
   * @param newSeed any number
   * @return the changed settings
   */
  public Lora seed(long newSeed) {
    return new Lora(rank, alpha, stabilized, dropout, targets, layers, newSeed);
  }

  /** The modules of a model that are adapted, in the order of the forward pass. */
  ImmutableList<LinearSpec> modules(DecoderSpec decoder) {
    requireTargets(decoder);
    requireLayers(decoder);
    ImmutableList.Builder<LinearSpec> modules = ImmutableList.builder();
    for (int i = 0; i < decoder.layers().size(); i++) {
      if (layers.contains(i)) {
        decoder.layers().get(i).linears().stream().filter(this::isTarget).forEach(modules::add);
      }
    }
    ImmutableList<LinearSpec> found = modules.build();
    // A target may be the full path of a module in another layer.
    Check.that(
        !found.isEmpty(), "targets must name a module in layers %s, got %s", layers, targets);
    return found;
  }

  /** The adapter before training. */
  PeftAdapter initialise(DecoderSpec decoder) {
    LoraScale scale = new LoraScale(rank, alpha, stabilized);
    return new PeftAdapter(
        modules(decoder).stream()
            .map(linear -> LoraStart.on(linear, scale, seed))
            .collect(ImmutableList.toImmutableList()),
        dropout,
        Optional.empty());
  }

  private boolean isTarget(LinearSpec linear) {
    return targets.isEmpty() || ModuleNames.matches(linear.module(), targets);
  }

  private void requireTargets(DecoderSpec decoder) {
    ImmutableList<String> unknown =
        targets.stream()
            .filter(
                target ->
                    decoder.linears().stream()
                        .noneMatch(
                            linear ->
                                ModuleNames.matches(linear.module(), ImmutableSet.of(target))))
            .collect(ImmutableList.toImmutableList());
    Check.that(
        unknown.isEmpty(),
        "targets must be linear modules of the %s (%s), got %s",
        decoder.modelType(),
        ModuleNames.listed(decoder),
        Joiner.on(", ").join(unknown));
  }

  private void requireLayers(DecoderSpec decoder) {
    int count = decoder.layers().size();
    Check.that(
        !layers.hasUpperBound() || Range.closedOpen(0, count).encloses(layers),
        "layers must lie in %s, the layers of the %s, got %s",
        Range.closedOpen(0, count),
        decoder.modelType(),
        layers);
  }
}
