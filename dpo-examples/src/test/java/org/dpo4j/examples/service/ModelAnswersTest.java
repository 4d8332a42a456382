package org.dpo4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.dpo4j.examples.demo.TinyPolicy;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.LiveArrays;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with a model behind it. */
class ModelAnswersTest {

  private static @TempDir Path directory;
  private static TinyPolicy policy;

  private ModelAnswers answers;
  private AnswerService service;
  private Caller caller;

  @BeforeAll
  static void write() throws IOException {
    policy = TinyPolicy.write(directory);
  }

  @BeforeEach
  void start() throws IOException {
    answers =
        ModelAnswers.of(
            LanguageModel.load(policy.model(), Placement.on("cpu")),
            policy.adapter(),
            0.1,
            16 << 20,
            Sampling.defaults(),
            true);
    service =
        AnswerService.start(
            answers,
            new ServiceSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ImmutableSet.of(),
                2,
                64,
                128,
                1024,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                new Question.Limits(4, 8, 12, 42)));
    caller = Caller.of(service.address());
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void answer_isTheCandidateWithTheHighestReward() throws Exception {
    JsonObject answer = Caller.json(caller.ask(Caller.asking(TinyPolicy.PROMPT)));

    JsonArray candidates = answer.getAsJsonArray("candidates");
    assertThat(candidates).hasSize(4);
    assertThat(candidates)
        .extracting(one -> one.getAsJsonObject().get("reward").getAsDouble())
        .isSortedAccordingTo((a, b) -> Double.compare(b, a))
        .doesNotHaveDuplicates()
        .first()
        .isEqualTo(answer.get("reward").getAsDouble());
    assertThat(answer.get("text").getAsString()).isNotBlank();
  }

  @Test
  void sameQuestion_askedByManyAtOnce_sameAnswer() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      asked.add(caller.begin(question(i % 4)));
    }
    for (int i = 0; i < 40; i++) {
      HttpResponse<String> response = asked.get(i).get();
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(text(response)).isEqualTo(text(asked.get(i % 4).get()));
    }
    assertThat(text(asked.get(0).get())).isNotEqualTo(text(asked.get(1).get()));
  }

  private static String question(long seed) {
    return String.format(
        Locale.ROOT, "{\"prompt\": \"%s\", \"seed\": %d}", TinyPolicy.PROMPT, seed);
  }

  private static String text(HttpResponse<String> response) {
    return Caller.json(response).get("text").getAsString();
  }

  @Test
  void manyQuestions_noTensorIsLeft_closedWithTheService() throws Exception {
    caller.ask(question(0));
    int arrays = LiveArrays.of(answers.model());
    assertThat(arrays).isPositive();

    for (int i = 0; i < 50; i++) {
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        asked.add(caller.begin(question(i * 4L + j)));
      }
      for (CompletableFuture<HttpResponse<String>> one : asked) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
    }

    assertThat(LiveArrays.of(answers.model())).isEqualTo(arrays);
    assertThat(LiveArrays.areGone(answers.model())).isFalse();
    service.close();
    assertThat(LiveArrays.areGone(answers.model())).isTrue();
  }

  @Test
  void promptThatDoesNotFit_isTheAskersMistake() throws Exception {
    HttpResponse<String> response = caller.ask(Caller.asking("the ".repeat(64)));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Caller.error(response))
        .isEqualTo("prompt 0 must have fewer tokens than the model takes (64), got 64");
  }

  @Test
  void adapterThatIsNone_refusedAndTheModelClosed() throws IOException {
    LanguageModel model = LanguageModel.load(policy.model(), Placement.on("cpu"));
    Path empty = Files.createDirectories(directory.resolve("empty"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelAnswers.of(model, empty, 0.1, 1 << 20, Sampling.defaults(), true))
        .withMessageContaining("adapter_config.json");
    assertThat(LiveArrays.areGone(model)).isTrue();
  }
}
