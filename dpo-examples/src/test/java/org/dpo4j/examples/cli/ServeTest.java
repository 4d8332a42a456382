package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dpo4j.examples.demo.TinyPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process. */
class ServeTest {

  private static final String LISTENING = "listening on ";

  private @TempDir Path directory;

  @Test
  void serve_toldToEnd_answersWhatItTookOnAndCloses() throws Exception {
    TinyPolicy policy = TinyPolicy.write(directory);
    Process process = start(policy);
    try (BufferedReader out = process.inputReader()) {
      String line = Objects.requireNonNull(out.readLine());
      assertThat(line).startsWith(LISTENING + "http://127.0.0.1:");
      URI address = URI.create(line.substring(LISTENING.length()));
      HttpClient http = HttpClient.newHttpClient();
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        asked.add(http.sendAsync(question(address), BodyHandlers.ofString()));
      }
      while (!http.send(
              HttpRequest.newBuilder(address.resolve("/metrics")).build(), BodyHandlers.ofString())
          .body()
          .contains("dpo_answer_requests_total 6\n")) {
        Thread.sleep(1);
      }

      // The process's own method would close the streams, too.
      process.toHandle().destroy();

      for (CompletableFuture<HttpResponse<String>> one : asked) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
      assertThat(out.readLine()).isEqualTo("closed");
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as("by SIGTERM").isEqualTo(128 + 15);
    } finally {
      process.destroyForcibly();
    }
  }

  private static HttpRequest question(URI address) {
    return HttpRequest.newBuilder(address.resolve("/answer"))
        .header("Content-Type", "application/json")
        .POST(
            BodyPublishers.ofString(
                "{\"prompt\": \"" + TinyPolicy.PROMPT + "\", \"n\": 16, \"max_tokens\": 50}"))
        .build();
  }

  private static Process start(TinyPolicy policy) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Dpo.class.getName(),
            "serve",
            "--model",
            policy.model().toString(),
            "--adapter",
            policy.adapter().toString(),
            "--raw",
            "--device",
            "cpu",
            "--port",
            "0")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void serve_numbersOutOfRange_refusedBeforeAnythingIsLoaded() {
    assertThat(refusal("--queue", 0))
        .isEqualTo("dpo: --queue must be ≥ 1, got 0; see dpo serve --help");
    assertThat(refusal("--max-candidates", 2))
        .isEqualTo(
            "dpo: --max-candidates does not go together: --candidates is 4, and --max-candidates 2; see dpo serve --help");
    assertThat(refusal("--port", 70000))
        .isEqualTo("dpo: --port must be in [0, 65535], got 70000; see dpo serve --help");
  }

  @Test
  void serve_portInUse_oneMessageWithPortAndOption() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();

      TinyPolicy policy = TinyPolicy.write(directory);
      CalledDpo called =
          CalledDpo.with(
              "serve", "--model", policy.model(), "--adapter", policy.adapter(), "--port", port);

      assertThat(called.exitCode()).isEqualTo(1);
      assertThat(called.err().strip())
          .isEqualTo(
              "dpo: --port "
                  + port
                  + " of --host 127.0.0.1 can't be listened on (Address already in use); choose"
                  + " another, or port 0 for any that is free");
    }
  }

  private String refusal(String option, int value) {
    CalledDpo called =
        CalledDpo.with(
            "serve", "--model", directory, "--adapter", directory, "--raw", option, value);
    assertThat(called.exitCode()).isEqualTo(2);
    return called.err().strip();
  }
}
