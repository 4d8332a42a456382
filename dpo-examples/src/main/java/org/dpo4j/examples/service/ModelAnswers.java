package org.dpo4j.examples.service;

import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.torch.Generator;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Sampling;

/**
 * Best of N by a policy and the reward inside it. One copy of the weights serves all threads:
 * generating and scoring share it, and the reference is the same model without the adapter.
 */
public final class ModelAnswers implements Answers {

  private static final String POLICY = "policy";

  private final LanguageModel model;
  private final Generator generator;
  private final Reward reward;
  private final Sampling sampling;
  private final boolean raw;

  private ModelAnswers(
      LanguageModel model, Generator generator, Reward reward, Sampling sampling, boolean raw) {
    this.model = model;
    this.generator = generator;
    this.reward = reward;
    this.sampling = sampling;
    this.raw = raw;
  }

  /**
   * Answers of a model with an adapter.
   *
   * @param model whose answers own it from now on: closed with them, and here if this fails
   * @param adapter directory of a trained adapter, as {@code ./dpo train} leaves one
   * @param beta β &gt; 0 it was trained with
   * @param cacheBytes memory that keys, values and logits of one question may take; candidates that
   *     do not fit together are drawn one after the other
   * @param sampling how candidates are drawn; tokens, samples and seed are each question's
   * @param raw whether a prompt is taken as it is; otherwise it is what a user says, in the model's
   *     chat template
   * @return the answers
   * @throws IllegalArgumentException if the adapter is not for this model, or a number is out of
   *     range
   */
  public static ModelAnswers of(
      LanguageModel model,
      Path adapter,
      double beta,
      long cacheBytes,
      Sampling sampling,
      boolean raw) {
    try {
      model.loadAdapter(POLICY, adapter);
      TokenScorer policy = model.adapter(POLICY).orElseThrow();
      return new ModelAnswers(
          model,
          model.generator(POLICY).maxCacheBytes(cacheBytes),
          ImplicitRewardModel.of(policy, model.base(), model.tokenizer(), beta),
          sampling,
          raw);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public Choice to(Question question) {
    Text prompt =
        raw ? Text.of(question.prompt()) : Text.of(List.of(Message.user(question.prompt())));
    return BestOfN.of(
            generator.candidates(sampling.maxTokens(question.maxTokens())),
            reward,
            question.candidates())
        .choose(prompt, question.seed());
  }

  LanguageModel model() {
    return model;
  }

  @Override
  public void close() {
    model.close();
  }
}
