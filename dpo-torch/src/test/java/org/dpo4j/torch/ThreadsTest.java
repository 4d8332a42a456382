package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
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

  /** What a policy says after a few steps with dropout. */
  private TokenValues trained(LanguageModel model) {
    TorchPolicy policy = model.train(Lora.rank(4).dropout(0.3));
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
      for (int step = 0; step < 5; step++) {
        try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
          pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
        }
        optimizer.step(0.01, 1.0);
      }
    }
    return policy.logProbs(tiny.groups());
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
