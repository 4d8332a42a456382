package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainingPlan;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.torch.internal.decoder.Activations;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.PackedBatch;
import org.dpo4j.torch.internal.decoder.Training;
import org.dpo4j.torch.internal.peft.PeftAdapter;

/**
 * The memory that a run needs at its peak, in bytes; made by {@link TorchPolicy#memory}. On a CPU
 * all of it is the process's: what {@code VmHWM} says in Linux's {@code /proc/self/status}. On a
 * GPU {@code other} is the machine's and the rest the GPU's.
 *
 * @param weights of the model, as they are held
 * @param adapters every adapter of the model: in fp32, and once more as it was read or made
 * @param gradients of what is trained, in fp32
 * @param moments of the optimizer, in fp32
 * @param reference what the reference has of its own: a copy of what is trained, another model, and
 *     log-probabilities that are kept in memory; those in a file are not counted
 * @param activations of the micro-batch that takes the most: what is kept for its backward pass,
 *     and the workspace of the layers and the head, and a fifth more that the allocator holds
 * @param other the Java heap, libtorch and its libraries: a constant, measured
 * @param available what this process can have in all: what it holds already and what the machine,
 *     or its container, has free; empty on a GPU, which isn't asked
 */
public record MemoryEstimate(
    long weights,
    long adapters,
    long gradients,
    long moments,
    long reference,
    long activations,
    long other,
    OptionalLong available) {

  /** What is left of measured peaks without all of the above, on a model of 135 million weights. */
  private static final long OTHER = 470L << 20;

  /** What an allocator holds for activations beside those that are alive: measured. */
  private static final double UNUSED = 0.2;

  /** An id and its log-probability; what a prompt's tokens have less counts as the map's own. */
  private static final int CACHED_TOKEN = Integer.BYTES + Double.BYTES;

  static MemoryEstimate of(
      TorchPolicy policy,
      Network network,
      Model model,
      Training training,
      Collection<MountedAdapter> adapters,
      TrainingPlan plan) {
    long trained =
        network.parameters().stream().mapToLong(parameter -> parameter.value().size()).sum()
            * Float.BYTES;
    return new MemoryEstimate(
        model.weightBytes(),
        adapters(adapters),
        trained,
        trained * (plan.optimizer() instanceof AdamW ? 2 : 1),
        reference(plan.reference(), model, training, trained)
            + (plan.reference() instanceof Reference.Cached
                ? CACHED_TOKEN * plan.referenceScoring().tokens()
                : 0),
        activations(policy, network, model, plan),
        OTHER,
        model.isOnCpu()
            ? OptionalLong.of(FreeMemory.resident() + FreeMemory.bytes())
            : OptionalLong.empty());
  }

  private static long adapters(Collection<MountedAdapter> adapters) {
    Set<PeftAdapter> forms = Sets.newIdentityHashSet();
    adapters.forEach(adapter -> forms.add(adapter.form()));
    return Float.BYTES
        * (adapters.stream().mapToLong(adapter -> adapter.form().parameters()).sum()
            + forms.stream().mapToLong(PeftAdapter::parameters).sum());
  }

  private static long reference(Reference reference, Model model, Training training, long trained) {
    if (reference instanceof Reference.Cached cached) {
      return reference(cached.source(), model, training, trained);
    }
    if (reference instanceof Reference.CachedInFile cached) {
      return reference(cached.source(), model, training, trained);
    }
    if (reference instanceof Reference.FrozenCopy || reference instanceof Reference.Moving) {
      return training instanceof Training.ModelWeights weights
          ? model.copyBytes(weights.names())
          : trained;
    }
    boolean isAnother =
        reference instanceof Reference.Model other
            && other.scorer() instanceof FrozenScorer scorer
            && !scorer.network().isOf(model);
    return isAnother
        ? ((FrozenScorer) ((Reference.Model) reference).scorer()).network().weightBytes()
        : 0;
  }

  private static long activations(
      TorchPolicy policy, Network network, Model model, TrainingPlan plan) {
    boolean statistics = !plan.statistics().isEmpty();
    PackedBatch largest = NetworkScorer.pack(model.spec(), plan.largest());
    boolean checkpointed = policy.isCheckpointed(largest);
    long learning = Activations.learning(network, largest, checkpointed, statistics).total();
    long scoring =
        scored(plan)
            .map(groups -> NetworkScorer.pack(model.spec(), groups))
            .map(batch -> Activations.scoring(network, batch, statistics).total())
            .orElse(0L);
    return (long) ((1 + UNUSED) * Math.max(learning, scoring));
  }

  /** What is scored at a time of what is held out. */
  private static Optional<List<PromptGroup>> scored(TrainingPlan plan) {
    ImmutableList<PromptGroup> groups = plan.largestHeldOut();
    return NetworkScorer.packs(groups).stream()
        .<List<PromptGroup>>map(pack -> pack)
        .reduce((a, b) -> tokens(a) >= tokens(b) ? a : b);
  }

  private static int tokens(List<PromptGroup> groups) {
    return groups.stream().mapToInt(PromptGroup::tokens).sum();
  }

  /**
   * The sum of all parts.
   *
   * @return bytes
   */
  public long total() {
    return weights + adapters + gradients + moments + reference + activations + other;
  }

  /**
   * The same where a run may not have all that is free.
   *
   * @param bytes ≥ 0
   * @return the estimate with no more than that available
   */
  public MemoryEstimate atMost(long bytes) {
    return new MemoryEstimate(
        weights,
        adapters,
        gradients,
        moments,
        reference,
        activations,
        other,
        OptionalLong.of(Math.min(bytes, available.orElse(bytes))));
  }

  /**
   * Whether there is that much.
   *
   * @return true also where it isn't known how much there is
   */
  public boolean fits() {
    return available.isEmpty() || total() <= available.getAsLong();
  }
}
