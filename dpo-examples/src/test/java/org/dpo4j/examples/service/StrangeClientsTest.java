package org.dpo4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The service in the hands of clients that leave, stall, listen to nothing or are none of its. */
class StrangeClientsTest {

  private static final int CONNECTIONS = 64;
  private static final Duration SOON = Duration.ofSeconds(2);

  private final Semaphore begun = new Semaphore(0);
  private final Semaphore interrupted = new Semaphore(0);
  private final Semaphore released = new Semaphore(0);
  private final List<RawClient> clients = new ArrayList<>();
  private AnswerService service;
  private Caller caller;

  @BeforeEach
  void start() throws IOException {
    start(Duration.ofSeconds(20));
  }

  private void restart(Duration patience) throws IOException {
    service.close();
    start(patience);
  }

  private void start(Duration patience) throws IOException {
    service =
        AnswerService.start(
            new Waits(),
            new ServiceSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ImmutableSet.of("Model.example"),
                1,
                2,
                CONNECTIONS,
                1024,
                patience,
                Duration.ofMillis(100),
                new Question.Limits(2, 4, 16, 7)));
    caller = Caller.of(service.address());
  }

  @AfterEach
  void close() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    service.close();
  }

  private RawClient client() throws IOException {
    RawClient client = RawClient.to(service.address());
    clients.add(client);
    return client;
  }

  /** Waits until it is told or interrupted, where the prompt says so. */
  private final class Waits implements Answers {

    @Override
    public Choice to(Question question) {
      if (question.prompt().equals("wait")) {
        begun.release();
        try {
          released.acquire();
        } catch (InterruptedException e) {
          interrupted.release();
          Thread.currentThread().interrupt();
        }
      }
      return BestOfN.rank(
          Candidates.of(Text.of(question.prompt()), List.of("yes", "perhaps")),
          Reward.function((prompt, text) -> text.length()));
    }

    @Override
    public void close() {}
  }

  @Test
  void clientThatLeaves_itsQuestionEnds_theNextIsAnswered() throws Exception {
    RawClient gone = client().send(RawClient.post(Caller.asking("wait")));
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

    gone.close();

    assertThat(interrupted.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
    assertThat(caller.ask(Caller.asking("a")).statusCode()).isEqualTo(200);
    assertThat(metric("dpo_answer_dropped_total")).isEqualTo(1);
    assertThat(metric("dpo_answer_in_flight")).isZero();
  }

  @Test
  void clientsThatLeaveTheQueue_giveTheirPlacesBack() throws Exception {
    client().send(RawClient.post(Caller.asking("wait")));
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 2; i++) {
      client().send(RawClient.post(Caller.asking("a")));
    }
    await(() -> metric("dpo_answer_waiting") == 2);

    clients.get(1).close();
    clients.get(2).close();

    await(() -> metric("dpo_answer_waiting") == 0);
    CompletableFuture<HttpResponse<String>> next = caller.begin(Caller.asking("a"));
    await(() -> metric("dpo_answer_waiting") == 1);
    released.release();
    assertThat(next.get().statusCode()).isEqualTo(200);
  }

  @Test
  void clientsThatLeave_leaveNoDescriptor() throws Exception {
    leave(5);
    long before = descriptors();

    leave(200);

    await(() -> descriptors() <= before + 2);
    assertThat(caller.get("/health").statusCode()).isEqualTo(200);
  }

  /** One after the other, each in the middle of something else. */
  private void leave(int times) throws IOException {
    String question = RawClient.post(Caller.asking("wait"));
    for (int i = 0; i < times; i++) {
      try (RawClient client = RawClient.to(service.address())) {
        client.send(question.substring(0, i % 2 == 0 ? question.length() : i % question.length()));
      }
    }
  }

  private static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  @Test
  void clientsThatNeverRead_keepNobodyWaiting_andAreDropped() throws Exception {
    restart(SOON);
    String asked = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      RawClient client = client();
      Thread sender = new Thread(() -> sendUntilDropped(client, asked));
      sender.start();
      senders.add(sender);
    }

    requireHealthFor(Duration.ofSeconds(4));
    for (Thread sender : senders) {
      sender.join(20_000);
      assertThat(sender.isAlive()).isFalse();
    }
  }

  private static void sendUntilDropped(RawClient client, String text) {
    try {
      while (true) {
        client.send(text);
      }
    } catch (IOException e) {
      // Dropped.
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /hea",
        "POST /answer HTTP/1.1\r\nHost: localhost\r\nX: ",
        "POST /answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 900\r\n\r\n{"
      })
  void clientsThatDrip_keepNobodyWaiting_andAreDropped(String beginning) throws Exception {
    restart(SOON);
    for (int i = 0; i < 40; i++) {
      client().send(beginning);
    }
    Thread drip =
        new Thread(
            () -> {
              for (int i = 0; i < 100; i++) {
                for (RawClient client : clients) {
                  try {
                    client.send(beginning.isEmpty() ? "" : "x");
                  } catch (IOException e) {
                    // Dropped.
                  }
                }
                sleep();
              }
            });
    drip.start();

    requireHealthFor(Duration.ofSeconds(4));
    for (RawClient client : clients) {
      assertThat(client.isDropped()).isTrue();
    }
    drip.join();
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireHealthFor(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      long began = System.nanoTime();
      try (RawClient fresh = RawClient.to(service.address())) {
        fresh.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(fresh.rest()).startsWith("HTTP/1.1 200");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
      Thread.sleep(20);
    }
  }

  @Test
  void questionThatTakesLongerThanPatience_isAnswered() throws Exception {
    restart(Duration.ofMillis(200));
    CompletableFuture<HttpResponse<String>> asked = caller.begin(Caller.asking("wait"));
    Thread.sleep(1000);
    released.release();

    assertThat(asked.get().statusCode()).isEqualTo(200);
  }

  @Test
  void moreConnectionsThanMayBe_idleOnesSoonGo_aQuestionDoesNot() throws Exception {
    RawClient asking = client().send(RawClient.post(Caller.asking("wait")));
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    RawClient idle = client();
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
      client();
    }

    assertThat(idle.isDropped()).isTrue();
    requireHealthFor(SOON);
    await(() -> metric("dpo_answer_connections") <= CONNECTIONS);
    released.release();
    asking.send("GET /health HTTP/1.0\r\n\r\n");
    assertThat(asking.rest()).contains("perhaps");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST:80, 200",
    "127.0.0.1:9, 200",
    "127.1.2.3, 200",
    "[::1]:8080, 200",
    "model.example:443, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "192.0.2.1, 403",
    "localhost:x, 403"
  })
  void host_thatIsNotTheServices_refused(String host, int status) throws Exception {

    String reply =
        client()
            .send("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
            .rest();

    assertThat(reply.startsWith("HTTP/1.1 200")).as(reply).isEqualTo(status == 200);
  }

  @Test
  void host_ofAnotherName_said() throws Exception {

    assertThat(
            client()
                .send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                .rest())
        .startsWith("HTTP/1.1 403 ")
        .endsWith(
            "{\"error\":\"Host must be localhost, the address that the service listens on or a name"
                + " that it was started with, got 'evil.example'\"}\n");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 200",
    "Application/JSON; charset=utf-8, 200",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415",
    "multipart/form-data, 415",
    "application/jsonp, 415",
    "json, 415"
  })
  void contentType_thatAPageMaySend_refused(String type, int status) throws Exception {
    String post =
        RawClient.post(Caller.asking("a"))
            .replace("application/json", type + "\r\nConnection: close");

    assertThat(client().send(post).rest()).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void contentType_none_refused() throws Exception {

    assertThat(
            client()
                .send(
                    "POST /answer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Length: 2\r\n\r\n{}")
                .rest())
        .startsWith("HTTP/1.1 415 ")
        .endsWith("{\"error\":\"Content-Type must be application/json\"}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /health HTTP/1.1\\r\\n\\r\\n|400",
        "nonsense\\r\\n\\r\\n|400",
        "GET /health HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n|400",
        "POST /answer HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nxyz\\r\\n|400"
      })
  void requestThatIsNoHttp_refusedInTheServicesForm(String request, int status) throws Exception {

    assertThat(client().send(request.replace("\\r\\n", "\r\n")).rest())
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("Content-Type: application/json", "{\"error\":\"the request can't be read: ");
  }

  @Test
  void headersThatAreTooLarge_refused() throws Exception {

    assertThat(
            client()
                .send("GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9000))
                .rest())
        .startsWith("HTTP/1.1 431 ")
        .endsWith("{\"error\":\"headers must be at most 8192 bytes\"}\n");
  }

  @Test
  void clientThatSendsMoreWhileItIsAnswered_toldThatItsConnectionEnds() throws Exception {
    RawClient client = client().send(RawClient.post(Caller.asking("wait")));
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    client.send(RawClient.post(Caller.asking("a")));
    Thread.sleep(300);

    released.release();

    assertThat(client.rest()).contains("perhaps", "Connection: close").containsOnlyOnce("HTTP/1.1");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private double metric(String name) throws IOException, InterruptedException {
    return caller
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
