package org.dpo4j.examples.service;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Who asks a service. */
record Caller(HttpClient http, URI address) {

  static Caller of(URI address) {
    return new Caller(HttpClient.newHttpClient(), address);
  }

  static String asking(String prompt) {
    JsonObject question = new JsonObject();
    question.addProperty("prompt", prompt);
    return question.toString();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(to(path).GET().build(), BodyHandlers.ofString());
  }

  HttpResponse<String> ask(byte[] body) throws IOException, InterruptedException {
    return http.send(
        toAnswer().POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> ask(String body) throws IOException, InterruptedException {
    return http.send(post(body), BodyHandlers.ofString());
  }

  /** Asks without waiting. */
  CompletableFuture<HttpResponse<String>> begin(String body) {
    return http.sendAsync(post(body), BodyHandlers.ofString());
  }

  private HttpRequest post(String body) {
    return toAnswer().POST(BodyPublishers.ofString(body)).build();
  }

  private HttpRequest.Builder toAnswer() {
    return to("/answer").header("Content-Type", "application/json");
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(30));
  }

  static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  static String error(HttpResponse<String> response) {
    return json(response).get("error").getAsString();
  }
}
