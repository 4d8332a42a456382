package org.dpo4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service without a model: what answers is told by the prompt what to do. */
class AnswerServiceTest {

  private static final int WAITING = 3;

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger timesClosed = new AtomicInteger();
  private AnswerService service;
  private Caller caller;

  @BeforeEach
  void start() throws IOException {
    start(Duration.ofSeconds(20));
  }

  private void start(Duration grace) throws IOException {
    service = AnswerService.start(new Told(), settings(grace, 0));
    caller = Caller.of(service.address());
  }

  private static ServiceSettings settings(Duration grace, int port) {
    return new ServiceSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        ImmutableSet.of(),
        1,
        WAITING,
        32,
        1024,
        Duration.ofSeconds(20),
        grace,
        new Question.Limits(2, 4, 16, 7));
  }

  @AfterEach
  void close() {
    released.countDown();
    service.close();
  }

  /** Answers at once, when it is released, or not at all. */
  private final class Told implements Answers {

    @Override
    public Choice to(Question question) {
      switch (question.prompt()) {
        case "wait" -> {
          begun.countDown();
          Uninterruptibles.awaitUninterruptibly(released);
        }
        case "wait for an interrupt" -> {
          begun.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
        case "fail" -> throw new IllegalStateException("secret");
        case "break" -> throw new StackOverflowError("secret");
        case "refuse" -> throw new IllegalArgumentException("prompt 0 is too long");
        default -> {}
      }
      return BestOfN.rank(
          Candidates.of(Text.of(question.prompt()), List.of("yes", "perhaps")),
          Reward.function((prompt, text) -> text.length()));
    }

    @Override
    public void close() {
      timesClosed.incrementAndGet();
    }
  }

  @Test
  void question_answeredWithTheBestAndWhatEachIsWorth() throws Exception {
    HttpResponse<String> response = caller.ask("{\"prompt\": \"well?\", \"seed\": 3}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body())
        .startsWith(
            "{\"text\":\"perhaps\",\"reward\":7.0,\"candidates\":["
                + "{\"index\":1,\"reward\":7.0,\"tokens\":0},"
                + "{\"index\":0,\"reward\":3.0,\"tokens\":0}],\"seed\":3,\"seconds\":");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"prompt\": |a question must be one JSON object; it is malformed",
        "{\"prompt\": \"a\"} x|a question must be one JSON object; it is malformed",
        "{'prompt': 'a'}|a question must be one JSON object; it is malformed",
        "[1]|a question must be one JSON object",
        "{}|prompt must be a text that is not blank, got none",
        "{\"prompt\": \" \"}|prompt must be a text that is not blank, got \" \"",
        "{\"prompt\": 3}|prompt must be a text that is not blank, got 3",
        "{\"prompt\": \"a\", \"tokens\": 3}|a question has the fields prompt, n, max_tokens, seed, got 'tokens'",
        "{\"prompt\": \"a\", \"n\": 5}|n must be a whole number in [1, 4], got 5",
        "{\"prompt\": \"a\", \"n\": \"2\"}|n must be a whole number in [1, 4], got \"2\"",
        "{\"prompt\": \"a\", \"n\": 1e99999}|n must be a whole number in [1, 4], got 1e99999",
        "{\"prompt\": \"a\", \"max_tokens\": 0}|max_tokens must be a whole number in [1, 16], got 0",
        "{\"prompt\": \"a\", \"max_tokens\": 1.5}|max_tokens must be a whole number in [1, 16], got 1.5",
        "{\"prompt\": \"a\", \"seed\": null}|seed must be a whole number in [-9223372036854775808, 9223372036854775807], got null",
        "{\"prompt\": \"refuse\"}|prompt 0 is too long"
      })
  void badQuestion_says_what(String body, String message) throws Exception {
    HttpResponse<String> response = caller.ask(body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Caller.error(response)).isEqualTo(message);
    assertThat(metric("rejected_total")).isEqualTo(1);
  }

  @Test
  void questionThatIsNotUtf8_rejected() throws Exception {
    assertThat(Caller.error(caller.ask(new byte[] {'{', (byte) 0xff, '}'})))
        .isEqualTo("a question must be UTF-8");
  }

  @Test
  void questionThatIsTooLarge_rejected() throws Exception {
    HttpResponse<String> response = caller.ask(Caller.asking("a".repeat(1024)));

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(Caller.error(response)).isEqualTo("a question must be at most 1024 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "/, 404, 'there are POST /answer, GET /health and GET /metrics'",
    "/answers, 404, 'there are POST /answer, GET /health and GET /metrics'",
    "/answer/, 404, 'there are POST /answer, GET /health and GET /metrics'",
    "/answer, 405, /answer takes POST"
  })
  void otherPlaces_refused(String path, int status, String message) throws Exception {
    HttpResponse<String> response = caller.get(path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(Caller.error(response)).isEqualTo(message);
    assertThat(response.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
  }

  @Test
  void moreThanMayWait_refusedAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> first = beginAndWait("wait");
    ImmutableList<CompletableFuture<HttpResponse<String>>> others = fillQueue();

    long began = System.nanoTime();
    HttpResponse<String> refused = caller.ask(Caller.asking("a"));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    assertThat(Caller.error(refused))
        .isEqualTo("busy: 1 questions are being answered and 3 wait; try again in 1 s");
    assertThat(caller.get("/health").body()).isEqualTo("{\"status\":\"ok\"}\n");
    released.countDown();
    assertThat(first.get().statusCode()).isEqualTo(200);
    for (CompletableFuture<HttpResponse<String>> other : others) {
      assertThat(other.get().statusCode()).isEqualTo(200);
    }
    assertThat(metric("refused_total")).isEqualTo(1);
    assertThat(metric("answered_total")).isEqualTo(1 + WAITING);
  }

  private CompletableFuture<HttpResponse<String>> beginAndWait(String prompt)
      throws InterruptedException {
    CompletableFuture<HttpResponse<String>> response = caller.begin(Caller.asking(prompt));
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    return response;
  }

  private ImmutableList<CompletableFuture<HttpResponse<String>>> fillQueue() throws Exception {
    ImmutableList.Builder<CompletableFuture<HttpResponse<String>>> begun = ImmutableList.builder();
    for (int i = 0; i < WAITING; i++) {
      begun.add(caller.begin(Caller.asking("a")));
    }
    while (metric("waiting") < WAITING) {
      Thread.sleep(5);
    }
    return begun.build();
  }

  @ParameterizedTest
  @CsvSource({"fail", "break"})
  void failure_saidWithoutItsSecrets_theNextIsAnswered(String prompt) throws Exception {
    HttpResponse<String> failed = caller.ask(Caller.asking(prompt));

    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(Caller.error(failed)).isEqualTo("the answer failed; the service's log says why");
    assertThat(caller.ask(Caller.asking("a")).statusCode()).isEqualTo(200);
    assertThat(metric("failed_total")).isEqualTo(1);
    assertThat(metric("in_flight")).isZero();
  }

  @Test
  void close_finishesWhatWasTakenOn_refusesTheRest() throws Exception {
    CompletableFuture<HttpResponse<String>> first = beginAndWait("wait");
    ImmutableList<CompletableFuture<HttpResponse<String>>> others = fillQueue();
    Thread closing = new Thread(service::close);
    closing.start();
    while (caller.get("/health").statusCode() == 200) {
      Thread.sleep(5);
    }

    assertThat(Caller.error(caller.ask(Caller.asking("a")))).isEqualTo("the service is stopping");
    assertThat(timesClosed).hasValue(0);
    released.countDown();
    closing.join();

    assertThat(first.get().statusCode()).isEqualTo(200);
    for (CompletableFuture<HttpResponse<String>> other : others) {
      assertThat(other.get().statusCode()).isEqualTo(200);
    }
    service.close();
    assertThat(timesClosed).hasValue(1);
    assertThatThrownBy(() -> caller.get("/health")).isInstanceOf(IOException.class);
  }

  @Test
  void close_afterItsGrace_interruptsAndRefuses() throws Exception {
    service.close();
    start(Duration.ofMillis(50));
    CompletableFuture<HttpResponse<String>> first = beginAndWait("wait for an interrupt");
    ImmutableList<CompletableFuture<HttpResponse<String>>> others = fillQueue();

    service.close();

    assertThat(Caller.error(first.get())).isEqualTo("the service is stopping");
    for (CompletableFuture<HttpResponse<String>> other : others) {
      assertThat(other.get().statusCode()).isEqualTo(503);
    }
    assertThat(timesClosed).hasValue(2);
  }

  @Test
  void portInUse_saidAndWhatAnswersIsClosed() {
    int port = service.address().getPort();

    assertThatThrownBy(() -> AnswerService.start(new Told(), settings(Duration.ZERO, port)))
        .isInstanceOf(BindException.class)
        .hasMessageStartingWith("cannot listen on ")
        .hasMessageContaining(":" + port);
    assertThat(timesClosed).hasValue(1);
  }

  @Test
  void metrics_areInPrometheusText() throws Exception {
    caller.ask(Caller.asking("a"));

    HttpResponse<String> response = caller.get("/metrics");

    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains(
            """
            # HELP dpo_answer_requests_total Questions that came in.
            # TYPE dpo_answer_requests_total counter
            dpo_answer_requests_total 1
            """)
        .contains("# TYPE dpo_answer_seconds summary\ndpo_answer_seconds{quantile=\"0.5\"} ")
        .contains("dpo_answer_seconds_count 1\n");
    assertThat(response.body().lines())
        .allMatch(
            line -> line.matches("# (HELP|TYPE) \\w+ .+|\\w+(\\{quantile=\"[0-9.]+\"})? \\S+"));
  }

  @Test
  void addressInUse_saidBeforeAnythingIsLoaded() {
    int port = service.address().getPort();
    AtomicInteger loads = new AtomicInteger();

    assertThatThrownBy(
            () ->
                AnswerService.start(
                    () -> {
                      loads.incrementAndGet();
                      return new Told();
                    },
                    settings(Duration.ZERO, port)))
        .isInstanceOf(BindException.class);
    assertThat(loads).hasValue(0);
  }

  private double metric(String name) throws IOException, InterruptedException {
    String line = "dpo_answer_" + name + " ";
    return caller
        .get("/metrics")
        .body()
        .lines()
        .filter(text -> text.startsWith(line))
        .mapToDouble(text -> Double.parseDouble(text.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }
}
