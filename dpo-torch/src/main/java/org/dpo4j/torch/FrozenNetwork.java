package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.FrozenTensors;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.decoder.Training;

/**
 * A copy of what a policy trains, on the base they share. Of an adapter A and B are copied, and
 * moved each on its own: θ in θ_ref ← α θ + (1 − α) θ_ref are the parameters, not the product BA.
 */
final class FrozenNetwork implements MovableCopy, Resumable {

  private final FrozenTensors tensors;
  private final Network network;

  private final LanguageModel owner;
  private final Training training;
  private final TrainedState state;

  FrozenNetwork(LanguageModel owner, ImmutableList<MountedAdapter> adapters, Training training) {
    this.owner = owner;
    this.training = training;
    this.tensors = FrozenTensors.copyOf(owner.model(), LanguageModel.tensors(adapters), training);
    this.network = new Network(tensors.model(), tensors.adapters(), new Training.Nothing());
    this.state =
        new TrainedState(
            tensors.model(), training, copies(adapters, tensors.adapters()), owner.directory());
  }

  private static ImmutableList<MountedAdapter> copies(
      ImmutableList<MountedAdapter> adapters, ImmutableList<Adapter> tensors) {
    return Streams.zip(
            adapters.stream(),
            tensors.stream(),
            (adapter, copy) -> new MountedAdapter(adapter.form(), copy))
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    return NetworkScorer.score(network, tensors.model().spec(), groups, statistics);
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(
        training instanceof Training.ModelWeights weights
            ? owner.fingerprint().with(tensors.model(), weights.names())
            : owner.fingerprint().with(tensors.adapters()));
  }

  @Override
  public void moveTowardsPolicy(double alpha) {
    Check.that(alpha > 0 && alpha <= 1, "alpha must be in (0, 1], got %s", alpha);
    tensors.moveTowardsOriginals(alpha);
  }

  @Override
  public void save(StateSink sink) throws IOException {
    state.save(sink);
  }

  @Override
  public void restore(StateSource source) throws IOException {
    state.check(source);
    state.restore(source);
  }

  @Override
  public void close() {
    network.close();
    tensors.close();
  }
}
