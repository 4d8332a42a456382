package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.Generation.FinishReason;
import org.dpo4j.torch.internal.generation.ChiSquare;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What generation starts from, what ends it, and what it tells. */
@Tag("language")
class GeneratorTest {

  private static final Text PROMPT = Text.of("A reward is");
  private static final Sampling SAMPLING = Sampling.defaults().maxTokens(30).endsAtEos(false);

  private final TinyModel tiny = TinyModel.of("llama");
  private final LanguageModel model = tiny.load();
  private final Generator generator = model.generator();

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void plainText_andChat_continueTheirIds() {
    Text chat = Text.of(List.of(new Message("user", "A reward?")));
    ImmutableList<Generation> both = generator.generate(List.of(PROMPT, chat), SAMPLING);
    List<ImmutableIntArray> ids = List.of(ids(PROMPT), ids(chat));
    assertThat(model.tokenizer().decode(ids.get(1))).endsWith("assistant\n");
    assertThat(generateFromIds(ids, SAMPLING)).isEqualTo(both);
  }

  @Test
  void text_isThatOfTheTokens() {
    Generation generation = generator.generate(PROMPT, SAMPLING).get(0);
    assertThat(generation.text())
        .isNotEmpty()
        .isEqualTo(model.tokenizer().decode(known(generation.tokenIds())));
    assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(generation.tokenIds().length()).isEqualTo(30);
    assertThat(generation.logProb()).isNegative();
  }

  @Test
  void samples_inOrder_eachOfItsOwn() {
    ImmutableList<Generation> generations =
        generator.generate(List.of(PROMPT, PROMPT), SAMPLING.samples(3));
    assertThat(generations).extracting(Generation::prompt).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(generations).extracting(Generation::sample).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(generations).extracting(Generation::tokenIds).doesNotHaveDuplicates();
  }

  @Test
  void klToItself_isZero_toAnother_isNot() {
    List<Text> prompts = List.of(PROMPT, Text.of("The model"), Text.of("A"));
    Sampling sampling = Sampling.defaults().maxTokens(6).samples(5);

    assertThat(generator.klTo(model.base(), prompts, sampling).mean()).isCloseTo(0, within(1e-4));
    try (LanguageModel other = TinyModel.of("llama").load();
        TorchPolicy policy = other.trainWeights();
        Optimizer optimizer = policy.optimizer(Sgd.learningRate(1))) {
      PromptGroup group = PromptGroup.of(ids(PROMPT), List.of(ids(Text.of(" x"))));
      try (ForwardPass pass = policy.forward(List.of(group), Set.of())) {
        pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
      }
      optimizer.step(1, 1);
      assertThat(generator.klTo(policy, prompts, sampling).mean()).isGreaterThan(0.1);
    }
  }

  @Test
  void kl_ofOtherThanTheModelsOwnSamples_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.klTo(model.base(), List.of(PROMPT), Sampling.greedy()))
        .withMessageStartingWith(
            "sampling must be of the model's own distribution (temperature 1, nothing left out), got");
  }

  @Test
  void noPrompts_nothing() {
    assertThat(generator.generate(List.of(), SAMPLING)).isEmpty();
  }

  @Test
  void draws_frequenciesAsTheModelsProbabilities() {
    ImmutableList<Generation> generations =
        generator.batch(500).generate(PROMPT, SAMPLING.maxTokens(2).samples(4000).topK(4));
    int[] prompt = ids(PROMPT).toArray();
    assertThat(deviation(generations, 0, prompt)).isLessThan(3);
    int first = generations.get(0).tokenIds().get(0);
    List<Generation> alike =
        generations.stream().filter(one -> one.tokenIds().get(0) == first).toList();
    assertThat(alike).hasSizeGreaterThan(400);
    int[] longer = Arrays.copyOf(prompt, prompt.length + 1);
    longer[prompt.length] = first;
    assertThat(deviation(alike, 1, longer)).isLessThan(3);
  }

  /** Of the tokens at a place from the four likeliest, as an uncached pass has them. */
  private double deviation(List<Generation> generations, int place, int[] before) {
    float[] z = model.logits(before)[before.length - 1];
    float[] sorted = z.clone();
    Arrays.sort(sorted);
    double[] probabilities = new double[z.length];
    double sum = 0;
    for (int token = 0; token < z.length; token++) {
      probabilities[token] = z[token] >= sorted[z.length - 4] ? Math.exp(z[token]) : 0;
      sum += probabilities[token];
    }
    for (int token = 0; token < z.length; token++) {
      probabilities[token] /= sum;
    }
    int[] counts = new int[z.length];
    generations.forEach(generation -> counts[generation.tokenIds().get(place)]++);
    return ChiSquare.deviation(counts, probabilities);
  }

  @Test
  void stopId_ends_andIsNoPartOfTheText() {
    Generation whole = generator.generate(PROMPT, SAMPLING).get(0);
    int stop = whole.tokenIds().get(9);
    Generation stopped = generator.generate(PROMPT, SAMPLING.stopIds(stop)).get(0);
    int at = firstIndex(whole.tokenIds(), stop);
    assertThat(stopped.tokenIds()).isEqualTo(whole.tokenIds().subArray(0, at + 1));
    assertThat(stopped.logProbs().length()).isEqualTo(at + 1);
    assertThat(stopped.text())
        .isEqualTo(model.tokenizer().decode(known(whole.tokenIds().subArray(0, at))));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void stops_end_andAreNoPartOfTheText() {
    Generation whole = generator.generate(PROMPT, SAMPLING).get(0);
    String stop = whole.text().substring(12, 15);
    Generation stopped = generator.generate(PROMPT, SAMPLING.stops("@@@@", stop)).get(0);
    assertThat(stopped.text()).isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.tokenIds())
        .isEqualTo(whole.tokenIds().subArray(0, stopped.tokenIds().length()));
  }

  @Test
  void eos_ends_unlessSwitchedOff(@TempDir Path directory) throws IOException {
    // What the model draws as its fifth token is declared to end texts, first in one file only.
    Generation whole = generator.generate(PROMPT, SAMPLING).get(0);
    int eos = whole.tokenIds().get(4);
    int length = firstIndex(whole.tokenIds(), eos) + 1;
    tiny.copyTo(directory);
    for (String file : List.of("generation_config.json", "config.json")) {
      String text = Files.readString(directory.resolve(file));
      String changed = text.replace("\"eos_token_id\": 2", "\"eos_token_id\": [2, " + eos + "]");
      Files.writeString(directory.resolve(file), changed);
      try (LanguageModel ending = LanguageModel.load(directory, Placement.on("cpu"))) {
        Generation ended = ending.generator().generate(PROMPT, SAMPLING.endsAtEos(true)).get(0);
        assertThat(ended.tokenIds()).isEqualTo(whole.tokenIds().subArray(0, length));
        assertThat(ended.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(ending.generator().generate(PROMPT, SAMPLING).get(0)).isEqualTo(whole);
      }
      Files.writeString(directory.resolve(file), text);
    }
  }

  @Test
  void positions_endIt() {
    int[] prompt = new int[250];
    Arrays.fill(prompt, 5);
    ImmutableList<Generation> generations =
        generateFromIds(
            List.of(ImmutableIntArray.copyOf(prompt), ids(PROMPT)), SAMPLING.maxTokens(40));
    assertThat(generations).extracting(g -> g.tokenIds().length()).containsExactly(6, 40);
    assertThat(generations).extracting(Generation::finishReason).containsOnly(FinishReason.LENGTH);
    PromptGroup group =
        PromptGroup.of(ImmutableIntArray.copyOf(prompt), List.of(generations.get(0).tokenIds()));
    assertThat(model.base().logProbs(List.of(group)).rows()).isEqualTo(1);
  }

  @Test
  void pieces_areTheText_andComeWhileItIsGenerated() {
    TreeMap<String, StringBuilder> heard = new TreeMap<>();
    AtomicInteger pieces = new AtomicInteger();
    ImmutableList<Generation> generations =
        generator.generate(
            List.of(PROMPT, Text.of("naïve café –")),
            SAMPLING.samples(2),
            (prompt, sample, piece) -> {
              assertThat(piece).isNotEmpty();
              heard
                  .computeIfAbsent(prompt + "." + sample, key -> new StringBuilder())
                  .append(piece);
              pieces.incrementAndGet();
            },
            new Cancellation());
    assertThat(heard.values())
        .extracting(StringBuilder::toString)
        .containsExactlyElementsOf(generations.stream().map(Generation::text).toList());
    assertThat(pieces).hasValueGreaterThan(20);
  }

  @Test
  void cancelled_givesWhatThereIs() {
    List<Generation> whole = generator.batch(2).generate(PROMPT, SAMPLING.samples(3));
    Cancellation cancellation = new Cancellation();
    List<String> pieces = new ArrayList<>();
    List<Generation> generations =
        generator
            .batch(2)
            .generate(
                List.of(PROMPT),
                SAMPLING.samples(3),
                (prompt, sample, piece) -> {
                  pieces.add(piece);
                  if (pieces.size() == 8) {
                    cancellation.cancel();
                  }
                },
                cancellation);
    assertThat(generations)
        .extracting(Generation::finishReason)
        .containsOnly(FinishReason.CANCELLED)
        .hasSize(3);
    int drawn = generations.get(0).tokenIds().length();
    assertThat(drawn).isBetween(3, 29);
    for (int i = 0; i < 2; i++) {
      assertThat(generations.get(i).tokenIds())
          .isEqualTo(whole.get(i).tokenIds().subArray(0, drawn));
    }
    assertThat(generations.get(2).tokenIds().isEmpty()).isTrue();
    assertThat(generations.get(2).text()).isEmpty();
  }

  @Test
  void interrupted_givesWhatThereIs_staysInterrupted() {
    List<Generation> generations =
        generator.generate(
            List.of(PROMPT),
            SAMPLING,
            (prompt, sample, piece) -> Thread.currentThread().interrupt(),
            new Cancellation());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(generations.get(0).finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(generations.get(0).tokenIds().length()).isLessThan(30);
  }

  @Test
  void interruptedBefore_givesNothing_staysInterrupted() {
    Thread.currentThread().interrupt();
    List<Generation> generations = generator.generate(PROMPT, SAMPLING);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(generations)
        .extracting(Generation::finishReason)
        .containsOnly(FinishReason.CANCELLED);
    assertThat(generations.get(0).tokenIds().isEmpty()).isTrue();
  }

  @Test
  void interruptedAtAnyTime_endsWithoutAnError() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread = new Thread(() -> generator.generate(PROMPT, SAMPLING));
      thread.setUncaughtExceptionHandler((ended, thrown) -> failure.set(thrown));
      thread.start();
      TimeUnit.MICROSECONDS.sleep(i * 20L);
      thread.interrupt();
      thread.join();
      assertThat(failure).hasNullValue();
    }
  }

  @Test
  void weightsThatChangeMeanwhile_refused() {
    TorchPolicy policy = model.train(Lora.rank(2));
    assertThatThrownBy(
            () ->
                policy
                    .generator()
                    .generate(
                        List.of(PROMPT),
                        SAMPLING,
                        (prompt, sample, piece) -> update(policy),
                        new Cancellation()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the weights changed while they were computed with");
    // What doesn't compute with them is none the worse.
    assertThat(
            generator.generate(
                List.of(PROMPT),
                SAMPLING,
                (prompt, sample, piece) -> update(policy),
                new Cancellation()))
        .isEqualTo(generator.generate(List.of(PROMPT), SAMPLING));
  }

  private static void update(TorchPolicy policy) {
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(0.01))) {
      optimizer.step(0.01, 1.0);
    }
  }

  @Test
  void listenerThrows_noTensorIsLeft() {
    generator.generate(PROMPT, SAMPLING);
    int arrays = model.model().manager().getManagedArrays().size();
    assertThatThrownBy(
            () ->
                generator.generate(
                    List.of(PROMPT),
                    SAMPLING,
                    (prompt, sample, piece) -> {
                      throw new IllegalStateException("heard enough");
                    },
                    new Cancellation()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("heard enough");
    assertThat(model.model().manager().getManagedArrays()).hasSize(arrays);
  }

  @Test
  void candidates_areWhatIsGenerated_fewerTheFirstOfMore() {
    Candidates drawn = generator.candidates(SAMPLING).draw(PROMPT, 4, 7);
    List<Generation> generations = generator.generate(PROMPT, SAMPLING.samples(4).seed(7));
    assertThat(drawn.texts()).containsExactlyElementsOf(texts(generations)).doesNotHaveDuplicates();
    assertThat(drawn.tokens(model.tokenizer()))
        .isEqualTo(
            PromptGroup.of(ids(PROMPT), generations.stream().map(Generation::tokenIds).toList()));
    assertThat(generator.candidates(SAMPLING).draw(PROMPT, 2, 7).texts())
        .isEqualTo(drawn.texts().subList(0, 2));
    assertThat(generator.candidates(SAMPLING).draw(PROMPT, 4, 8).texts())
        .isNotEqualTo(drawn.texts());
  }

  private static List<String> texts(List<Generation> generations) {
    return generations.stream().map(Generation::text).toList();
  }

  @Test
  void badPrompts_refused() {
    requireRefused(
        List.of(ids(PROMPT), ImmutableIntArray.of()),
        "prompt 1 must have at least one token (BOS, say), for the first of the text to be predicted"
            + " from; got none");
    requireRefused(
        List.of(ImmutableIntArray.of(1, 5000)), "prompt 0: token id must be in [0, 385), got 5000");
    requireRefused(
        List.of(ImmutableIntArray.copyOf(new int[256])),
        "prompt 0 must have fewer tokens than the model takes (256), got 256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.batch(0))
        .withMessage("continuations must be ≥ 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.maxCacheBytes(0))
        .withMessage("bytes must be ≥ 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generator("sft"))
        .withMessage("name must be an adapter's that was loaded or kept ([]), got 'sft'");
  }

  @Test
  void closedPolicy_refused() {
    TorchPolicy policy = model.train(Lora.rank(2));
    Generator ofPolicy = policy.generator();
    policy.close();
    assertThatThrownBy(() -> ofPolicy.generate(PROMPT, SAMPLING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model or policy that was to generate is closed");
  }

  private void requireRefused(List<ImmutableIntArray> prompts, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generateFromIds(prompts, SAMPLING))
        .withMessage(message);
  }

  private ImmutableList<Generation> generateFromIds(
      List<ImmutableIntArray> prompts, Sampling sampling) {
    return generator.generateFromIds(
        prompts, sampling, GenerationListener.none(), new Cancellation());
  }

  private ImmutableIntArray ids(Text prompt) {
    Text answer =
        prompt instanceof Text.Chat
            ? Text.of(List.of(new Message("assistant", "x")))
            : Text.of(" x");
    return model.tokenizer().encode(prompt, List.of(answer)).prompt();
  }

  /** Without the rows of the embedding that no token has. */
  private ImmutableIntArray known(ImmutableIntArray ids) {
    return ImmutableIntArray.copyOf(ids.stream().filter(id -> id < 380));
  }

  private static int firstIndex(ImmutableIntArray ids, int id) {
    int at = 0;
    while (ids.get(at) != id) {
      at++;
    }
    return at;
  }
}
