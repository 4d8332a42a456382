package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.List;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Makes chats of texts: the prompt is what the user says, completions are what the assistant does.
 * Texts stay as they are, white space included; transcripts as of HH become their turns. What is a
 * chat already stays one.
 */
final class Chats {

  private Chats() {}

  /**
   * A judgement of chats.
   *
   * @throws SkippedException if there is no prompt to make a turn of
   */
  static Judgement of(Judgement judgement) throws SkippedException {
    Text prompt = prompt(judgement.prompt());
    if (judgement instanceof Judgement.Preference preference) {
      return new Judgement.Preference(
          prompt,
          completion(preference.chosen(), judgement.prompt()),
          completion(preference.rejected(), judgement.prompt()),
          preference.strength());
    }
    if (judgement instanceof Judgement.Scores scores) {
      ImmutableList.Builder<Text> completions = ImmutableList.builder();
      for (Text each : scores.completions()) {
        completions.add(completion(each, judgement.prompt()));
      }
      return new Judgement.Scores(
          prompt, completions.build(), scores.scores(), scores.areRatings());
    }
    if (judgement instanceof Judgement.Thumb thumb) {
      return new Judgement.Thumb(
          prompt,
          completion(thumb.completion(), judgement.prompt()),
          thumb.desirable(),
          thumb.weight(),
          thumb.tags());
    }
    Judgement.Demonstration demonstration = (Judgement.Demonstration) judgement;
    return new Judgement.Demonstration(
        prompt, completion(demonstration.completion(), judgement.prompt()), demonstration.weight());
  }

  /**
   * A prompt with the earlier turns that a record has ahead of it.
   *
   * @throws SkippedException if there are some, and the prompt is no chat
   */
  static Text withHistory(Text text, Fields record) throws SkippedException {
    ImmutableList<Message> turns = history(record);
    if (turns.isEmpty()) {
      return text;
    }
    if (!(text instanceof Text.Chat prompt)) {
      throw new SkippedException(
          SkipReason.UNSUPPORTED,
          "has a history of turns beside plain texts; read it as chats (--chat)");
    }
    int start = 0;
    while (start < prompt.messages().size()
        && prompt.messages().get(start).role().equals("system")) {
      start++;
    }
    return prompt.withMessages(
        ImmutableList.<Message>builder()
            .addAll(prompt.messages().subList(0, start))
            .addAll(turns)
            .addAll(prompt.messages().subList(start, prompt.messages().size()))
            .build());
  }

  /** A judgement of chats with a system text ahead of all. */
  static Judgement withSystem(Judgement judgement, String system) {
    return judgement.prompt() instanceof Text.Chat prompt
        ? judgement.withPrompt(
            prompt.withMessages(
                ImmutableList.<Message>builder()
                    .add(Message.system(system))
                    .addAll(prompt.messages())
                    .build()))
        : judgement;
  }

  /** Earlier turns, {@code [[asked, answered], …]} or messages; none if the column is another. */
  private static ImmutableList<Message> history(Fields record) throws SkippedException {
    if (!record.hasArray("history") || record.array("history").isEmpty()) {
      return ImmutableList.of();
    }
    List<JsonElement> turns = record.array("history");
    if (Texts.isChat(record.get("history"))) {
      return Texts.messages(record.get("history"), "history");
    }
    ImmutableList.Builder<Message> messages = ImmutableList.builder();
    for (JsonElement turn : turns) {
      if (!(turn instanceof JsonArray pair)
          || pair.size() != 2
          || !Fields.isText(pair.get(0))
          || !Fields.isText(pair.get(1))) {
        return ImmutableList.of();
      }
      messages.add(Message.user(pair.get(0).getAsString()));
      messages.add(Message.assistant(pair.get(1).getAsString()));
    }
    return messages.build();
  }

  private static Text prompt(Text prompt) throws SkippedException {
    if (!(prompt instanceof Text.Plain plain)) {
      return prompt;
    }
    if (Transcripts.begins(plain.text())) {
      return Text.of(Transcripts.turns(plain.text()));
    }
    if (plain.text().isBlank()) {
      throw new SkippedException(SkipReason.EMPTY, "has no prompt to make a turn of the user of");
    }
    return Text.of(List.of(Message.user(plain.text())));
  }

  /** A transcript's answer follows a space that is none of it. */
  private static Text completion(Text completion, Text prompt) {
    if (!(completion instanceof Text.Plain plain)) {
      return completion;
    }
    boolean follows = prompt instanceof Text.Plain before && Transcripts.begins(before.text());
    String text = plain.text();
    return Text.of(List.of(Message.assistant(follows ? text.strip() : text)));
  }
}
