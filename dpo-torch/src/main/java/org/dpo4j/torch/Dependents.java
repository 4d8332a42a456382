package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What is trained on a model's weights, and closed with them. A policy that trains the weights
 * themselves is alone: under all others they must not change.
 */
final class Dependents {

  private final List<TorchPolicy> policies = new ArrayList<>();
  private final List<RewardModel> rewardModels = new ArrayList<>();
  private boolean weightsTrained;

  /** Adds a policy with an adapter. */
  synchronized TorchPolicy policy(Supplier<TorchPolicy> source) {
    requireFrozenWeights();
    return add(source.get());
  }

  synchronized RewardModel rewardModel(Supplier<RewardModel> source) {
    requireFrozenWeights();
    RewardModel rewards = source.get();
    rewardModels.add(rewards);
    return rewards;
  }

  /** Adds a policy that trains the weights. */
  synchronized TorchPolicy weightsPolicy(NamedAdapters adapters, Supplier<TorchPolicy> source) {
    if (!policies.isEmpty() || !adapters.isEmpty() || !rewardModels.isEmpty()) {
      throw new IllegalStateException(
          "weights cannot be trained while there are adapters or other policies on them; load the"
              + " model again");
    }
    TorchPolicy policy = add(source.get());
    weightsTrained = true;
    return policy;
  }

  /** Whether a policy stands on an adapter. */
  synchronized boolean standOn(MountedAdapter adapter) {
    return policies.stream().anyMatch(policy -> policy.standsOn(adapter));
  }

  /** Whether a policy trains the weights, or has: then they are not those of the file. */
  synchronized boolean weightsTrained() {
    return weightsTrained;
  }

  private TorchPolicy add(TorchPolicy policy) {
    policies.add(policy);
    return policy;
  }

  private void requireFrozenWeights() {
    if (policies.stream().anyMatch(TorchPolicy::trainsWeights)) {
      throw new IllegalStateException(
          "an adapter cannot be trained while a policy trains the weights under it; load the model"
              + " again");
    }
  }

  synchronized void forget(TorchPolicy policy) {
    policies.remove(policy);
  }

  synchronized void forget(RewardModel rewards) {
    rewardModels.remove(rewards);
  }

  synchronized void close() {
    ImmutableList.copyOf(policies).forEach(TorchPolicy::close);
    ImmutableList.copyOf(rewardModels).forEach(RewardModel::close);
  }
}
