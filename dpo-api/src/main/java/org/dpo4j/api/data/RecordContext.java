package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * What stands beside a record's texts and belongs to its prompt, in any format: a system text, the
 * tools a model may call, arguments of its template. What no text model reads is refused here too.
 *
 * @param asChats whether texts become chats, because the file has a column of system texts. That a
 *     row has none in it does not make another kind of row of it
 * @param everyText whether all texts become chats, because that was asked for, transcripts too
 */
record RecordContext(boolean asChats, boolean everyText) {

  /** The columns of system texts; the first that is there counts. */
  static final ImmutableList<String> SYSTEMS =
      ImmutableList.of("system", "system_prompt", "system_message");

  private static final String ARGUMENTS = "chat_template_kwargs";

  /** What a record says of its prompts. */
  private record Beside(
      Optional<String> system, Optional<String> tools, ImmutableMap<String, String> arguments) {

    Text.Chat around(Text.Chat prompt) {
      return new Text.Chat(prompt.messages(), tools, arguments);
    }
  }

  /** Whether a record has a column of system texts, be it with {@code null}. */
  static boolean hasSystem(Fields record) {
    return SYSTEMS.stream().anyMatch(record::hasColumn);
  }

  /** A prompt alone. */
  Text complete(Fields record, Text prompt) throws SkippedException {
    Media.refuse(record, "");
    Text whole = Chats.withHistory(prompt, record);
    boolean isChat = isChat(record, whole, ImmutableList.of());
    if (!isChat && record.says(ARGUMENTS)) {
      throw new SkippedException(
          SkipReason.UNSUPPORTED,
          "has " + ARGUMENTS + " beside a plain text; give the prompt as messages");
    }
    return TurnWeights.without(isChat ? chat(record, whole) : whole);
  }

  /**
   * A judgement whose prompt says all that the record does, and whose turns carry no weights.
   *
   * @throws SkippedException if it can't be learnt from
   */
  Judgement complete(Fields record, Judgement said) throws SkippedException {
    Judgement texts = everyText ? Chats.of(said) : said;
    Judgement judgement = texts.withPrompt(Chats.withHistory(texts.prompt(), record));
    if (judgement instanceof Judgement.Preference pair) {
      Sides sides = new Sides(pair.prompt(), pair.chosen(), pair.rejected());
      double weight = weight(pair.chosen(), pair.rejected());
      Sides full = complete(record, sides);
      return new Judgement.Preference(
          full.prompt(), full.chosen(), full.rejected(), pair.strength().timesWeight(weight));
    }
    if (judgement instanceof Judgement.Thumb thumb) {
      Sides full =
          complete(record, new Sides(thumb.prompt(), thumb.completion(), thumb.completion()));
      return new Judgement.Thumb(
          full.prompt(),
          full.chosen(),
          thumb.desirable(),
          TurnWeights.of(thumb.completion()) * thumb.weight(),
          thumb.tags());
    }
    if (judgement instanceof Judgement.Demonstration shown) {
      Sides full =
          complete(record, new Sides(shown.prompt(), shown.completion(), shown.completion()));
      return new Judgement.Demonstration(
          full.prompt(), full.chosen(), TurnWeights.of(shown.completion()) * shown.weight());
    }
    return complete(record, (Judgement.Scores) judgement);
  }

  private Judgement complete(Fields record, Judgement.Scores scores) throws SkippedException {
    for (Text completion : scores.completions()) {
      if (TurnWeights.of(completion) != 1) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, "a turn of a scored completion has a weight");
      }
    }
    boolean isChat = isChat(record, scores.prompt(), scores.completions());
    ImmutableList.Builder<Text> completions = ImmutableList.builder();
    for (Text completion : scores.completions()) {
      completions.add(
          TurnWeights.without(isChat ? Sides.chat(completion, Roles.ASSISTANT) : completion));
    }
    return new Judgement.Scores(
        TurnWeights.without(isChat ? chat(record, scores.prompt()) : scores.prompt()),
        completions.build(),
        scores.scores(),
        scores.areRatings());
  }

  private Sides complete(Fields record, Sides sides) throws SkippedException {
    if (!isChat(record, sides.prompt(), ImmutableList.of(sides.chosen(), sides.rejected()))) {
      return sides;
    }
    Text prompt = chat(record, sides.prompt());
    if (!(prompt instanceof Text.Chat)) {
      throw SkippedException.malformed("has neither a prompt nor a system text");
    }
    return new Sides(
        TurnWeights.without(prompt),
        TurnWeights.without(Sides.chat(sides.chosen(), Roles.ASSISTANT)),
        TurnWeights.without(Sides.chat(sides.rejected(), Roles.ASSISTANT)));
  }

  /** The weight of both completions' turns. */
  private static double weight(Text first, Text second) throws SkippedException {
    double weight = TurnWeights.of(first);
    if (TurnWeights.of(second) != weight) {
      throw new SkippedException(
          SkipReason.UNSUPPORTED, "the turns of the two completions have different weights");
    }
    return weight;
  }

  /** Whether a record is a chat, or what stands beside it makes one of it. */
  private boolean isChat(Fields record, Text prompt, List<Text> completions)
      throws SkippedException {
    if (prompt instanceof Text.Chat || completions.stream().anyMatch(Text.Chat.class::isInstance)) {
      return true;
    }
    boolean isTranscript = Transcripts.isTranscript(((Text.Plain) prompt).text());
    if (asChats && !isTranscript) {
      return true;
    }
    if (Tools.of(record).isEmpty()) {
      return false;
    }
    if (record.hasText("instruction") && !isTranscript) {
      return true; // Instructions with tools are chats wherever they are trained on.
    }
    throw new SkippedException(
        SkipReason.UNSUPPORTED,
        "offers tools beside plain texts, into which no chat template writes them; give the prompt"
            + " as messages");
  }

  private Text chat(Fields record, Text prompt) throws SkippedException {
    Beside beside = new Beside(system(record), Tools.of(record), arguments(record));
    ImmutableList.Builder<Message> messages = ImmutableList.builder();
    List<Message> given = Sides.messages(prompt, "user");
    boolean hasOwn = !given.isEmpty() && isInstruction(given.get(0));
    if (!hasOwn && beside.system().isPresent()) {
      messages.add(Message.system(record.text(beside.system().get())));
    }
    List<Message> all = messages.addAll(given).build();
    if (!all.isEmpty()) {
      return beside.around(new Text.Chat(ImmutableList.copyOf(all)));
    }
    if (beside.tools().isPresent()) {
      throw new SkippedException(SkipReason.UNSUPPORTED, "offers tools beside an empty prompt");
    }
    return prompt;
  }

  private static boolean isInstruction(Message message) {
    return message.role().equals("system") || message.role().equals("developer");
  }

  /** The column whose text goes ahead of all; a chat's own goes before it. */
  private static Optional<String> system(Fields record) {
    return SYSTEMS.stream().filter(name -> record.hasText(name) && record.says(name)).findFirst();
  }

  private static ImmutableMap<String, String> arguments(Fields record) throws SkippedException {
    if (!record.says(ARGUMENTS)) {
      return ImmutableMap.of();
    }
    JsonElement value = record.get(ARGUMENTS);
    if (!(Messages.parsed(value) instanceof JsonObject arguments)) {
      throw Fields.wrong(ARGUMENTS, "an object, or JSON of one", value);
    }
    ImmutableMap.Builder<String, String> all = ImmutableMap.builder();
    for (Map.Entry<String, JsonElement> argument : arguments.entrySet()) {
      if (!argument.getValue().isJsonNull()) { // A table's way to say that there is none.
        all.put(argument.getKey(), argument.getValue().toString());
      }
    }
    return all.buildOrThrow();
  }
}
