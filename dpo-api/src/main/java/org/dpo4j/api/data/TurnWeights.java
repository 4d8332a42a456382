package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Shown;

/**
 * How much a turn is to be learnt, which data sets say beside its text: {@code weight} of 0 or 1 as
 * OpenAI, {@code loss}, {@code train} or {@code training} of true or false as other trainers. While
 * a record is read a turn carries it as a field, which no example keeps.
 */
final class TurnWeights {

  private static final String FIELD = "weight of the turn";
  private static final ImmutableList<String> NUMBERS =
      ImmutableList.of("weight", "loss_weight", "loss_scale");
  private static final ImmutableList<String> SWITCHES =
      ImmutableList.of("loss", "train", "training", "trainable");
  private static final ImmutableList<String> MASKS = ImmutableList.of("mask", "masked");
  private static final ImmutableList<String> PARTS =
      ImmutableList.of("train_detail", "training_detail");

  private TurnWeights() {}

  /** The field of a turn that is not learnt as any other; none if it is. */
  static ImmutableMap<String, String> of(Fields message, String name) throws SkippedException {
    double weight = 1;
    for (String column : NUMBERS) {
      if (message.says(column)) {
        double number = message.hasNumber(column) ? message.number(column) : -1;
        if (number < 0) {
          throw unknown(message.peek(column), column, name);
        }
        weight *= number;
      }
    }
    for (String column : SWITCHES) {
      weight *= message.says(column) && !isOn(message.peek(column), column, name) ? 0 : 1;
    }
    for (String column : MASKS) {
      weight *= message.says(column) && isOn(message.peek(column), column, name) ? 0 : 1;
    }
    for (String column : PARTS) {
      if (message.says(column)) {
        throw unknown(message.peek(column), column, name);
      }
    }
    return weight == 1 ? ImmutableMap.of() : ImmutableMap.of(FIELD, Double.toString(weight));
  }

  /**
   * The weight that all turns of a completion have which the model writes.
   *
   * @throws SkippedException if it is 0, or not the same for all
   */
  static double of(Text completion) throws SkippedException {
    if (!(completion instanceof Text.Chat chat)) {
      return 1;
    }
    List<Double> weights =
        chat.messages().stream()
            .filter(message -> message.role().equals(Roles.ASSISTANT))
            .map(TurnWeights::of)
            .distinct()
            .toList();
    if (weights.contains(0.0)) {
      throw new SkippedException(
          SkipReason.MASKED, "a turn of the completion is marked as not to be learnt");
    }
    if (weights.size() > 1) {
      throw new SkippedException(
          SkipReason.UNSUPPORTED, "turns of one completion have different weights: " + weights);
    }
    return weights.isEmpty() ? 1 : weights.get(0);
  }

  /** A text whose turns carry no weights. */
  static Text without(Text text) {
    return text instanceof Text.Chat chat && chat.messages().stream().anyMatch(TurnWeights::has)
        ? chat.withMessages(without(chat.messages()))
        : text;
  }

  /** Turns that carry no weights. */
  static ImmutableList<Message> without(List<Message> messages) {
    return messages.stream().map(TurnWeights::without).collect(ImmutableList.toImmutableList());
  }

  /** The turn that carries no weight. */
  static Message without(Message message) {
    return has(message)
        ? message.withFields(
            message.fields().entrySet().stream()
                .filter(field -> !field.getKey().equals(FIELD))
                .collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, Map.Entry::getValue)))
        : message;
  }

  private static boolean has(Message message) {
    return message.fields().containsKey(FIELD);
  }

  private static double of(Message message) {
    return Double.parseDouble(message.fields().getOrDefault(FIELD, "1"));
  }

  /** True or false, be it 1 or 0, or as text. */
  private static boolean isOn(JsonElement value, String column, String name)
      throws SkippedException {
    String text =
        value instanceof JsonPrimitive primitive
            ? primitive.getAsString().strip().toLowerCase(Locale.ROOT)
            : "";
    OptionalDouble number = Fields.parsed(value);
    if (text.equals("true") || number.equals(OptionalDouble.of(1))) {
      return true;
    }
    if (text.equals("false") || number.equals(OptionalDouble.of(0))) {
      return false;
    }
    throw unknown(value, column, name);
  }

  /** What can't be told may not be learnt from. */
  private static SkippedException unknown(JsonElement value, String column, String name) {
    return new SkippedException(
        SkipReason.UNSUPPORTED,
        String.format(
            Locale.ROOT,
            "a message of '%s' has %s %s, which is no weight of a whole turn",
            name,
            column,
            Shown.text(Fields.shown(value))));
  }
}
