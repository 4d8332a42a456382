package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may happen at the same time. */
class ThreadsTest {

  private static final int THREADS = 4;
  private static final int ROUNDS = 25;

  private final TinyModel tiny = TinyModel.of("llama");
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void score_severalThreads_sameNumbers() throws Exception {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TokenValues base = model.base().logProbs(tiny.groups());
      TokenValues adapted = model.adapter("sft").orElseThrow().logProbs(tiny.groups());

      allAtOnce(
          () -> {
            assertThat(model.base().logProbs(tiny.groups())).isEqualTo(base);
            assertThat(model.adapter("sft").orElseThrow().logProbs(tiny.groups()))
                .isEqualTo(adapted);
            return null;
          });
    }
  }

  @Test
  void score_gradientModeOnOrOff_sameNumbersAndModeUntouched() throws Exception {
    try (LanguageModel model = tiny.load()) {
      TokenValues expected = model.base().logProbs(tiny.groups());
      for (boolean mode : new boolean[] {true, false}) {
        allAtOnce(
            () -> {
              JniUtils.setGradMode(mode);
              assertThat(model.base().logProbs(tiny.groups())).isEqualTo(expected);
              assertThat(JniUtils.isGradMode()).isEqualTo(mode);
              return null;
            });
      }
    }
  }

  @Test
  void train_besideScoringOfAnotherModel_sameNumbers() throws Exception {
    TokenValues alone;
    try (LanguageModel model = tiny.load()) {
      alone = trained(model);
    }
    try (LanguageModel other = tiny.load()) {
      TokenValues expected = other.base().logProbs(tiny.groups());
      List<Future<?>> scoring = new ArrayList<>();
      for (int i = 0; i < THREADS - 1; i++) {
        scoring.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < ROUNDS; round++) {
                    assertThat(other.base().logProbs(tiny.groups())).isEqualTo(expected);
                  }
                }));
      }
      try (LanguageModel model = tiny.load()) {
        assertThat(trained(model)).isEqualTo(alone);
      }
      for (Future<?> one : scoring) {
        one.get();
      }
    }
  }

  @Test
  void train_twoPoliciesWithDropout_asEachAlone() throws Exception {
    TokenValues alone;
    try (LanguageModel model = tiny.load()) {
      alone = trained(model);
    }
    allAtOnce(
        () -> {
          try (LanguageModel model = tiny.load()) {
            assertThat(trained(model)).isEqualTo(alone);
          }
          return null;
        });
  }

  @Test
  void train_besideBaseAndOtherAdaptersOfTheSameModel_allAsEachAlone() throws Exception {
    Text prompt = Text.of("A reward is");
    Sampling sampling = Sampling.defaults().maxTokens(20).samples(2).endsAtEos(false);
    List<ImmutableList<Generation>> texts = new ArrayList<>();
    List<TokenValues> scores = new ArrayList<>();
    TokenValues alone;
    try (LanguageModel model = tiny.load().loadAdapter("other", tiny.adapter())) {
      for (Generator generator : List.of(model.generator(), model.generator("other"))) {
        texts.add(generator.generate(prompt, sampling));
      }
      for (TokenScorer scorer : List.of(model.base(), model.adapter("other").orElseThrow())) {
        scores.add(scorer.logProbs(tiny.groups()));
      }
      alone = trained(model, 30);
    }
    try (LanguageModel model = tiny.load().loadAdapter("other", tiny.adapter())) {
      AtomicBoolean end = new AtomicBoolean();
      List<Future<Integer>> serving = new ArrayList<>();
      for (int i = 0; i < THREADS - 1; i++) {
        Generator generator = i % 2 == 0 ? model.generator() : model.generator("other");
        TokenScorer scorer = i % 2 == 0 ? model.base() : model.adapter("other").orElseThrow();
        int which = i % 2;
        serving.add(
            threads.submit(
                () -> {
                  int served = 0;
                  while (!end.get() || served == 0) {
                    assertThat(generator.generate(prompt, sampling)).isEqualTo(texts.get(which));
                    assertThat(scorer.logProbs(tiny.groups())).isEqualTo(scores.get(which));
                    served++;
                  }
                  return served;
                }));
      }
      // A second policy of the same model trains on another thread.
      serving.add(
          threads.submit(
              () -> {
                assertThat(trained(model, 30)).isEqualTo(alone);
                return 1;
              }));
      assertThat(trained(model, 30)).isEqualTo(alone);
      end.set(true);
      for (Future<Integer> one : serving) {
        assertThat(one.get()).isPositive();
      }
    }
  }

  @Test
  void scoringWhatAnotherThreadTrains_givesAStateItHad_orIsRefused() throws Exception {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Set<TokenValues> states = ConcurrentHashMap.newKeySet();
      states.add(policy.logProbs(tiny.groups()));
      List<TokenValues> seen = new ArrayList<>();
      AtomicBoolean end = new AtomicBoolean();
      Future<Integer> scoring =
          threads.submit(
              () -> {
                int refused = 0;
                while (!end.get()) {
                  try {
                    seen.add(policy.logProbs(tiny.groups()));
                  } catch (IllegalStateException e) {
                    assertThat(e).hasMessageStartingWith("the weights changed while");
                    refused++;
                  }
                }
                return refused;
              });
      try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
        for (int step = 0; step < 100; step++) {
          step(policy, optimizer);
          states.add(policy.logProbs(tiny.groups()));
        }
      }
      end.set(true);
      assertThat(scoring.get()).isNotNegative();
      assertThat(states).containsAll(seen);
    }
  }

  @Test
  void weightsThatAnotherThreadTrains_baseGivesAStateTheyHad_orIsRefused() throws Exception {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      Set<TokenValues> states = ConcurrentHashMap.newKeySet();
      states.add(model.base().logProbs(tiny.groups()));
      List<TokenValues> seen = new ArrayList<>();
      AtomicBoolean end = new AtomicBoolean();
      Future<?> scoring =
          threads.submit(
              () -> {
                while (!end.get()) {
                  try {
                    seen.add(model.base().logProbs(tiny.groups()));
                  } catch (IllegalStateException e) {
                    assertThat(e).hasMessageStartingWith("the weights changed while");
                  }
                }
              });
      try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.001))) {
        for (int step = 0; step < 50; step++) {
          step(policy, optimizer);
          states.add(model.base().logProbs(tiny.groups()));
        }
      }
      end.set(true);
      scoring.get();
      assertThat(states).containsAll(seen);
    }
  }

  /** What a policy says after a few steps with dropout. */
  private TokenValues trained(LanguageModel model) {
    return trained(model, 5);
  }

  private TokenValues trained(LanguageModel model, int steps) {
    TorchPolicy policy = model.train(Lora.rank(4).dropout(0.3));
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
      for (int step = 0; step < steps; step++) {
        step(policy, optimizer);
      }
    }
    return policy.logProbs(tiny.groups());
  }

  private void step(TorchPolicy policy, Optimizer optimizer) {
    try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
      pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
    }
    optimizer.step(0.01, 1.0);
  }

  private void allAtOnce(Callable<Void> task) throws InterruptedException, ExecutionException {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      tasks.add(
          () -> {
            for (int round = 0; round < ROUNDS / THREADS; round++) {
              task.call();
            }
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(tasks)) {
      done.get();
    }
  }
}
