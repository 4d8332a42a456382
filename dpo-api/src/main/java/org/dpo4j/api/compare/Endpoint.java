package org.dpo4j.api.compare;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts JSON, and asks again where that may help. */
final class Endpoint {

  private static final int MAX_BYTES = 256 << 10;
  private static final int SHOWN = 200;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /**
   * How it is asked.
   *
   * @param key a bearer token
   * @param timeout of a request, reply included
   * @param retries after what may pass
   * @param pause before the first retry; doubles
   */
  record Settings(Optional<String> key, Duration timeout, int retries, Duration pause) {}

  /** One try: a reply, or what went wrong and may pass. */
  private record Try(
      Optional<String> body, String problem, Optional<Duration> pause, Optional<Exception> cause) {}

  private final URI address;
  private final Settings settings;
  private final HttpClient client;

  Endpoint(URI address, Settings settings) {
    this.address = address;
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(settings.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Posts.
   *
   * @return the body of a reply with state 200
   * @throws JudgeException if there is none after all retries, or none that asking again would get
   */
  String post(String json) {
    Duration wait = settings.pause();
    for (int i = 0; ; i++) {
      Try tried = attempt(json);
      if (tried.body().isPresent()) {
        return tried.body().get();
      }
      if (i == settings.retries()) {
        throw new JudgeException(
            String.format(
                Locale.ROOT, "the judge at %s %s, %d times", address, tried.problem(), i + 1),
            tried.cause().orElse(null));
      }
      sleep(tried.pause().orElse(wait));
      wait = wait.compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : wait;
    }
  }

  private Try attempt(String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    settings.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    CompletableFuture<HttpResponse<byte[]>> reply =
        client.sendAsync(request.build(), info -> new BoundedBody(MAX_BYTES));
    try {
      // HttpRequest.timeout would end when the headers are there.
      return read(reply.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      reply.cancel(true);
      return passing("did not answer within " + seconds(settings.timeout()), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BoundedBody.TooLongException) {
        throw new JudgeException(
            String.format(
                Locale.ROOT, "the judge at %s answered more than %d bytes", address, MAX_BYTES),
            e);
      }
      if (e.getCause() instanceof IOException cause) {
        return passing("could not be asked (" + cause + ")", cause);
      }
      throw new JudgeException("the judge at " + address + " could not be asked: " + e, e);
    } catch (InterruptedException e) {
      reply.cancel(true);
      Thread.currentThread().interrupt();
      throw new JudgeException("interrupted while the judge was asked", e);
    }
  }

  private static Try passing(String problem, Exception cause) {
    return new Try(Optional.empty(), problem, Optional.empty(), Optional.of(cause));
  }

  private Try read(HttpResponse<byte[]> reply) {
    String body = new String(reply.body(), StandardCharsets.UTF_8);
    int state = reply.statusCode();
    if (state == 200) {
      return new Try(Optional.of(body), "", Optional.empty(), Optional.empty());
    }
    String problem = String.format(Locale.ROOT, "answered %d (%s)", state, shown(body));
    if (state != 408 && state != 429 && state < 500) {
      throw new JudgeException(
          String.format(Locale.ROOT, "the judge at %s %s", address, problem), null);
    }
    return new Try(Optional.empty(), problem, retryAfter(reply), Optional.empty());
  }

  /** The reply's beginning on one line, without what a terminal would obey, and without the key. */
  private String shown(String body) {
    String known = settings.key().map(key -> body.replace(key, "…")).orElse(body);
    String line = known.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }

  private static Optional<Duration> retryAfter(HttpResponse<byte[]> reply) {
    return reply
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JudgeException("interrupted while waiting to ask the judge again", e);
    }
  }
}
