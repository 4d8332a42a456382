package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpo4j.api.Cancellation;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that go while the model stays. */
class UnloadedAdaptersTest {

  private static final String NAME = "tuned";
  private static final Text PROMPT = Text.of("A reward is");
  private static final Sampling SAMPLING = Sampling.defaults().maxTokens(12).endsAtEos(false);
  private static final String GONE =
      "the adapter 'tuned' was unloaded or replaced; ask the model for what it has now";

  private final TinyModel tiny = TinyModel.of("llama");
  private final List<PromptGroup> groups = tiny.groups();
  private final LanguageModel model = tiny.load();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private @TempDir Path directory;

  @AfterEach
  void close() {
    threads.shutdownNow();
    model.close();
  }

  /** An adapter that is not {@link TinyModel#adapter}, of a form of its own. */
  private Path other(int rank) {
    Path written = directory.resolve("rank-" + rank);
    if (!Files.exists(written)) {
      try (TorchPolicy policy = model.train(Lora.rank(rank));
          Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.05))) {
        for (int step = 0; step < 3; step++) {
          try (ForwardPass pass = policy.forward(groups, Set.of())) {
            pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
          }
          optimizer.step(0.05, 1.0);
        }
        policy.saveAdapter(written);
      }
    }
    return written;
  }

  @Test
  void unloaded_whatUsedItIsRefused_theNameIsFree() {
    model.loadAdapter(NAME, tiny.adapter());
    TokenScorer scorer = model.adapter(NAME).orElseThrow();
    Generator generator = model.generator(NAME);
    TokenValues expected = scorer.logProbs(groups);

    model.unloadAdapter(NAME);

    assertThatThrownBy(() -> scorer.logProbs(groups))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(GONE);
    assertThatThrownBy(scorer::fingerprint)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(GONE);
    assertThatThrownBy(() -> generator.generate(PROMPT, SAMPLING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(GONE);
    assertThat(model.adapter(NAME)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.unloadAdapter(NAME))
        .withMessage("name must be an adapter's that was loaded or kept ([]), got 'tuned'");
    model.loadAdapter(NAME, tiny.adapter());
    assertThat(model.adapter(NAME).orElseThrow().logProbs(groups)).isEqualTo(expected);
  }

  @Test
  void replaced_theNameIsTheNewOnes_whatUsedTheOldIsRefused() {
    model.loadAdapter(NAME, tiny.adapter());
    Path other = other(3);
    Generator old = model.generator(NAME);
    model.loadAdapter("other", other);

    model.replaceAdapter(NAME, other);

    assertThat(model.generator(NAME).generate(PROMPT, SAMPLING))
        .isEqualTo(model.generator("other").generate(PROMPT, SAMPLING));
    assertThatThrownBy(() -> old.generate(PROMPT, SAMPLING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(GONE);
  }

  @Test
  void replacedByNone_theOldStays() throws IOException {
    model.loadAdapter(NAME, tiny.adapter());
    Generator generator = model.generator(NAME);
    List<Generation> expected = generator.generate(PROMPT, SAMPLING);
    Path empty = Files.createDirectories(directory.resolve("empty"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.replaceAdapter(NAME, empty))
        .withMessageContaining("adapter_config.json");

    assertThat(generator.generate(PROMPT, SAMPLING)).isEqualTo(expected);
  }

  @Test
  void unload_waitsForAGenerationUnderWay_whichEndsAsItBegan() throws Exception {
    model.loadAdapter(NAME, tiny.adapter());
    Generator generator = model.generator(NAME);
    List<Generation> expected = generator.generate(List.of(PROMPT), SAMPLING);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<List<Generation>> generating =
        threads.submit(
            () ->
                generator.generate(
                    List.of(PROMPT),
                    SAMPLING,
                    (prompt, sample, piece) -> {
                      begun.countDown();
                      await(goOn);
                      // Part of the same use, so that it isn't too late.
                      model.adapter(NAME).ifPresent(scorer -> scorer.logProbs(groups));
                    },
                    new Cancellation()));
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

    Future<LanguageModel> unloading = threads.submit(() -> model.unloadAdapter(NAME));

    Thread.sleep(200);
    assertThat(unloading.isDone()).isFalse();
    goOn.countDown();
    assertThat(generating.get()).isEqualTo(expected);
    unloading.get(10, TimeUnit.SECONDS);
    assertThat(model.adapter(NAME)).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void unload_byWhatUsesIt_refused_theAdapterStays() {
    model.loadAdapter(NAME, tiny.adapter());
    Generator generator = model.generator(NAME);

    assertThatThrownBy(
            () ->
                generator.generate(
                    List.of(PROMPT),
                    SAMPLING,
                    (prompt, sample, piece) -> model.unloadAdapter(NAME),
                    new Cancellation()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an adapter can't be unloaded by a call that uses it, such as a listener's");
    assertThat(generator.generate(PROMPT, SAMPLING)).hasSize(1);
  }

  @Test
  void unload_underAPolicy_refusedUntilThatIsClosed() {
    model.loadAdapter(NAME, tiny.adapter());
    TorchPolicy copy = model.trainCopyOf(NAME);
    TorchPolicy onTop = model.trainOnTopOf(NAME, Lora.rank(2));

    for (Runnable freeing :
        List.<Runnable>of(
            () -> model.unloadAdapter(NAME), () -> model.replaceAdapter(NAME, tiny.adapter()))) {
      assertThatThrownBy(freeing::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the adapter 'tuned' can't be unloaded or replaced: a policy stands on it; close that"
                  + " first");
    }
    TokenValues before = copy.logProbs(groups);
    onTop.close();
    model.unloadAdapter(NAME);

    assertThat(copy.logProbs(groups)).isEqualTo(before);
  }

  @Test
  void replace_whileThreadsGenerate_eachTextIsOfOneOfThem() throws Exception {
    model.loadAdapter(NAME, tiny.adapter());
    Path other = other(3);
    List<List<Generation>> possible = new ArrayList<>();
    possible.add(model.generator(NAME).generate(List.of(PROMPT), SAMPLING));
    model.replaceAdapter(NAME, other);
    possible.add(model.generator(NAME).generate(List.of(PROMPT), SAMPLING));
    AtomicBoolean end = new AtomicBoolean();
    List<Future<Integer>> generating = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      generating.add(threads.submit(() -> generateUntil(end, possible)));
    }

    for (int i = 0; i < 12; i++) {
      model.replaceAdapter(NAME, i % 2 == 0 ? tiny.adapter() : other);
    }
    end.set(true);

    for (Future<Integer> one : generating) {
      assertThat(one.get()).isPositive();
    }
  }

  private int generateUntil(AtomicBoolean end, List<List<Generation>> possible) {
    int texts = 0;
    while (!end.get() || texts == 0) {
      try {
        assertThat(possible).contains(model.generator(NAME).generate(List.of(PROMPT), SAMPLING));
        texts++;
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage(GONE); // Asked for just before it was replaced.
      }
    }
    return texts;
  }

  @Test
  void loadedAndUnloadedManyTimes_memoryIsLevel() throws IOException {
    model.loadAdapter(NAME, tiny.adapter());
    List<Path> forms = List.of(tiny.adapter(), other(2), other(3));
    long arrays = 0;
    long resident = 0;
    for (int i = 0; i < 100; i++) {
      if (i == 30) {
        arrays = FlatMemoryTest.arrays(model.model().manager());
        resident = FlatMemoryTest.residentBytes();
      }
      model.replaceAdapter(NAME, forms.get(i % forms.size()));
      assertThat(model.generator(NAME).generate(PROMPT, SAMPLING.maxTokens(2))).hasSize(1);
      assertThat(model.adapter(NAME).orElseThrow().logProbs(groups).rows()).isPositive();
    }
    assertThat(FlatMemoryTest.arrays(model.model().manager())).isEqualTo(arrays);
    // The allocator settles after 150 swaps or so; tensors are counted above.
    assertThat(FlatMemoryTest.residentBytes() - resident).isLessThan(32 << 20);
  }
}
