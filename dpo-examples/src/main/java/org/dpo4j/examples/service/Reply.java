package org.dpo4j.examples.service;

import com.google.common.collect.ImmutableMap;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.RankedCandidate;

/**
 * What a request gets.
 *
 * @param status of HTTP
 * @param type of the body
 * @param body text
 * @param headers beside it
 */
record Reply(int status, String type, String body, ImmutableMap<String, String> headers) {

  private static final String JSON = "application/json";
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  static Reply of(int status, String name, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(name, value);
    return json(status, object);
  }

  private static Reply json(int status, JsonObject object) {
    return new Reply(status, JSON, GSON.toJson(object) + "\n", ImmutableMap.of());
  }

  static Reply error(int status, String message) {
    return of(status, "error", message);
  }

  static Reply metrics(String text) {
    return new Reply(200, "text/plain; version=0.0.4; charset=utf-8", text, ImmutableMap.of());
  }

  /** The best candidate, what each of them is worth, and what they took. */
  static Reply answer(Question question, Choice choice, double seconds) {
    JsonObject object = new JsonObject();
    object.addProperty("text", choice.best().text());
    object.addProperty("reward", choice.best().reward());
    JsonArray candidates = new JsonArray();
    for (RankedCandidate candidate : choice.ranked()) {
      JsonObject one = new JsonObject();
      one.addProperty("index", candidate.index());
      one.addProperty("reward", candidate.reward());
      one.addProperty("tokens", candidate.tokens());
      candidates.add(one);
    }
    object.add("candidates", candidates);
    object.addProperty("seed", question.seed());
    object.addProperty("seconds", seconds);
    return json(200, object);
  }

  Reply with(String name, String value) {
    return new Reply(
        status,
        type,
        body,
        ImmutableMap.<String, String>builder().putAll(headers).put(name, value).build());
  }
}
