package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptionTest {

  @Test
  void names_base_and_adapter() {
    TinyModel tiny = TinyModel.of("llama");
    try (LanguageModel model = tiny.load()) {
      // A q and an o projection of 32 to 32 in each of two layers.
      TorchPolicy policy =
          model.train(Lora.rank(4).alpha(8).dropout(0.1).targets("q_proj", "o_proj"));

      assertThat(policy.description().entrySet().asList())
          .extracting(Object::toString)
          .containsExactly(
              "base=" + tiny.directory(),
              "architecture=llama",
              "adapter=LoRA, rank 4, alpha 8.0, 4 modules, dropout 0.1",
              "trained parameters=" + 4 * 4 * (32 + 32),
              "libtorch=" + LibTorch.start().version());
    }
  }

  @Test
  void counts_the_weights_that_are_trained() {
    try (LanguageModel model = TinyModel.of("llama").load()) {
      TorchPolicy policy = model.trainWeights(name -> name.endsWith("norm.weight"));

      assertThat(policy.description())
          .containsEntry("weights", "5 tensors")
          .containsEntry("trained parameters", String.valueOf(5 * 32))
          .doesNotContainKey("adapter");
    }
  }
}
