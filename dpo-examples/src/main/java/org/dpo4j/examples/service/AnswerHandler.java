package org.dpo4j.examples.service;

import com.google.common.net.MediaType;
import java.util.Objects;
import org.dpo4j.core.math.Shown;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What is asked where. Replies at once to all that needs no model. */
final class AnswerHandler extends Handler.Abstract.NonBlocking {

  private static final MediaType JSON = MediaType.JSON_UTF_8.withoutParameters();

  private final ServiceSettings settings;
  private final Hosts hosts;
  private final QuestionQueue questions;
  private final Connections connections;
  private final ServiceMetrics metrics;

  AnswerHandler(
      ServiceSettings settings,
      QuestionQueue questions,
      Connections connections,
      ServiceMetrics metrics) {
    this.settings = settings;
    this.hosts = Hosts.of(settings.address().getAddress(), settings.hosts());
    this.questions = questions;
    this.connections = connections;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback, connections, metrics);
    connections.waits(exchange.endPoint());
    String host = request.getHeaders().get(HttpHeader.HOST);
    // Only HTTP/1.0 can leave it out, which no browser speaks.
    if (host != null && !hosts.allow(host)) {
      exchange.send(
          Reply.error(
              403,
              "Host must be localhost, the address that the service listens on or a name that it was"
                  + " started with, got '"
                  + Shown.text(host)
                  + "'"));
    } else {
      route(exchange);
    }
    return true;
  }

  private void route(Exchange exchange) {
    String path = Objects.toString(exchange.request().getHttpURI().getPath(), "");
    String method =
        switch (path) {
          case "/answer" -> "POST";
          case "/health", "/metrics" -> "GET";
          default -> "";
        };
    if (method.isEmpty()) {
      exchange.send(Reply.error(404, "there are POST /answer, GET /health and GET /metrics"));
    } else if (!method.equals(exchange.request().getMethod())) {
      exchange.send(Reply.error(405, path + " takes " + method).with("Allow", method));
    } else if (path.equals("/answer")) {
      metrics.requests.increment();
      question(exchange);
    } else if (path.equals("/metrics")) {
      exchange.send(Reply.metrics(metrics.text(questions.waiting(), connections.count())));
    } else {
      exchange.send(
          questions.isClosing() ? QuestionQueue.stopping() : Reply.of(200, "status", "ok"));
    }
  }

  private void question(Exchange exchange) {
    if (!isJson(exchange.request().getHeaders().get(HttpHeader.CONTENT_TYPE))) {
      // A browser sends it to another site only where that site allows it, and this one doesn't.
      reject(exchange, Reply.error(415, "Content-Type must be application/json"));
    } else if (exchange.request().getLength() > settings.maxBodyBytes()) {
      rejectTooLong(exchange);
    } else {
      new Body(exchange, settings.maxBodyBytes(), body -> question(exchange, body)).run();
    }
  }

  private static boolean isJson(@Nullable String type) {
    try {
      return type != null && MediaType.parse(type).withoutParameters().equals(JSON);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void question(Exchange exchange, byte[] body) {
    if (body.length > settings.maxBodyBytes()) {
      rejectTooLong(exchange);
      return;
    }
    Question question;
    try {
      question = Question.parse(body, settings.limits());
    } catch (IllegalArgumentException e) {
      reject(exchange, Reply.error(400, Objects.toString(e.getMessage())));
      return;
    }
    questions.take(exchange, question);
  }

  private void rejectTooLong(Exchange exchange) {
    reject(
        exchange,
        Reply.error(413, "a question must be at most " + settings.maxBodyBytes() + " bytes")
            .with("Connection", "close"));
  }

  private void reject(Exchange exchange, Reply reply) {
    metrics.rejected.increment();
    exchange.send(reply);
  }
}
