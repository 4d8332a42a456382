package org.dpo4j.api;

import com.google.gson.JsonObject;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.theory.ImplicitReward;

/**
 * What the policy made of a pair.
 *
 * @param place when
 * @param id the pair's
 * @param chosenReward implicit, as {@code rewards/chosen} is its mean
 * @param rejectedReward likewise
 * @param chosenTokens ≥ 1
 * @param rejectedTokens ≥ 1
 */
record PairScore(
    Place place,
    String id,
    double chosenReward,
    double rejectedReward,
    int chosenTokens,
    int rejectedTokens) {

  /**
   * Where in a run.
   *
   * @param step in which it was learnt, or the last before the evaluation
   * @param heldOut whether it was evaluated, and not learnt
   */
  record Place(int step, boolean heldOut) {}

  static Place learnt(int step) {
    return new Place(step, false);
  }

  static Place heldOut(int step) {
    return new Place(step, true);
  }

  /**
   * Scores a pair.
   *
   * @param perToken whether the loss compares means over tokens
   */
  static PairScore of(Place place, Pair pair, String id, ImplicitReward reward, boolean perToken) {
    Pair rewarded = perToken ? pair.perToken() : pair;
    return new PairScore(
        place,
        id,
        reward.of(rewarded.chosen()),
        reward.of(rewarded.rejected()),
        pair.chosen().tokens(),
        pair.rejected().tokens());
  }

  /** As a line of a file. */
  JsonObject json() {
    JsonObject line = new JsonObject();
    line.addProperty("held_out", place.heldOut());
    line.addProperty("step", place.step());
    line.addProperty("id", id);
    line.add("reward_chosen", RunConfiguration.number(chosenReward));
    line.add("reward_rejected", RunConfiguration.number(rejectedReward));
    line.addProperty("tokens_chosen", chosenTokens);
    line.addProperty("tokens_rejected", rejectedTokens);
    return line;
  }

  static PairScore of(JsonFields line) throws OddJsonException {
    return new PairScore(
        new Place(line.count("step"), line.truth("held_out")),
        line.text("id"),
        line.number("reward_chosen"),
        line.number("reward_rejected"),
        line.count("tokens_chosen"),
        line.count("tokens_rejected"));
  }
}
