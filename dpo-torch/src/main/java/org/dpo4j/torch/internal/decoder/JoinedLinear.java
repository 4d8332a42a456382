package org.dpo4j.torch.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.stream.Collectors;
import org.dpo4j.torch.internal.architecture.AttentionSpec;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.LayerSpec;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.MlpSpec;

/**
 * Linear modules that read the same input, computed as one: their weights lie one after the other
 * in one matrix {@code [Σ out, in]}.
 *
 * @param modules at least one, of one input width; a transposed one is alone
 */
record JoinedLinear(ImmutableList<LinearSpec> modules) {

  static JoinedLinear of(LinearSpec... modules) {
    return new JoinedLinear(ImmutableList.copyOf(modules));
  }

  /** x to q, k and v. */
  static JoinedLinear projection(AttentionSpec attention) {
    return attention.projection() instanceof Projection.Separate separate
        ? of(separate.query(), separate.key(), separate.value())
        : of(((Projection.Joined) attention.projection()).all());
  }

  /** The MLP's input; a gate comes before what it gates, as joint checkpoints have it. */
  static JoinedLinear input(MlpSpec mlp) {
    if (mlp instanceof MlpSpec.Gated gated) {
      return of(gated.gate(), gated.up());
    }
    return of(mlp.linears().get(0));
  }

  /** The MLP's output. */
  static JoinedLinear output(MlpSpec mlp) {
    return of(mlp.linears().get(mlp.linears().size() - 1));
  }

  /** All of a layer's, in the order of the forward pass. */
  static ImmutableList<JoinedLinear> all(LayerSpec layer) {
    return ImmutableList.of(
        projection(layer.attention()),
        of(layer.attention().output()),
        input(layer.mlp()),
        output(layer.mlp()));
  }

  /** The name of the joined weight among a model's weights. */
  String weight() {
    return modules.stream().map(LinearSpec::weight).collect(Collectors.joining("+"));
  }

  /** The name of the joined bias; modules without one have zeros there. */
  String bias() {
    return modules.stream().map(LinearSpec::bias).collect(Collectors.joining("+"));
  }

  /** The columns of this module in text of the joint result {@code y}. */
  String part(String y, LinearSpec module) {
    if (modules.size() == 1) {
      return y;
    }
    int before =
        modules.subList(0, modules.indexOf(module)).stream().mapToInt(LinearSpec::out).sum();
    return ScriptText.columns(y, before, module.out());
  }

  boolean hasBias() {
    return modules.stream().anyMatch(LinearSpec::hasBias);
  }

  boolean transposed() {
    return modules.get(0).transposed();
  }

  int in() {
    return modules.get(0).in();
  }

  int out() {
    return modules.stream().mapToInt(LinearSpec::out).sum();
  }
}
