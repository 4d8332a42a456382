package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Gemma 2: every other layer slides, scores and logits are capped. */
final class Gemma2 implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("gemma2");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = GemmaStyle.sizes(config);
    RotarySpec rotary = Rope.read(config).rotary(config, sizes.headWidth());
    ImmutableList<OptionalInt> windows =
        Windows.of(
            config,
            Windows.sliding(config, sizes, i -> i % 2 == 0),
            Windows.read(config, OptionalInt.of(4096)));
    LlamaAttention attention = GemmaStyle.attention(config, sizes, OptionalDouble.of(50));
    OptionalDouble softCap =
        GemmaStyle.softCap(config, "final_logit_softcapping", OptionalDouble.of(30));
    return GemmaStyle.decoder(
        config,
        sizes,
        LlamaStyle.head(config, true, softCap),
        i -> attention.at(LlamaStyle.name(i), rotary, windows.get(i)));
  }
}
