package org.dpo4j.torch.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.Resources;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Choices are held to what transformers leaves, and draws to the probabilities. */
class TokenChoiceTest {

  private static final TokenChoice PLAIN = new TokenChoice(1, 0, 1, 0, 1);

  @Test
  void greedy_largest_lowestOfEquals() {
    TokenChoice greedy = new TokenChoice(0, 0, 1, 0, 1);
    float[] z = {9, 1, 3, 3, -2, 9};
    assertThat(greedy.choose(z, 1, 4, new BitSet(), new Noise(0))).isEqualTo(1);
  }

  @Test
  void penalty_ofSeenTokensOnly_leavesLogitsAlone() {
    TokenChoice penalised = new TokenChoice(0, 0, 1, 0, 2);
    float[] z = {3, 2, -1};
    assertThat(penalised.choose(z, 0, 3, seen(0), new Noise(0))).isEqualTo(1);
    assertThat(penalised.choose(z, 0, 3, seen(1), new Noise(0))).isEqualTo(0);
    assertThat(z).containsExactly(3, 2, -1);
  }

  @Test
  void tinyTemperature_asGreedy() {
    TokenChoice cold = new TokenChoice(1e-300, 0, 1, 0, 1);
    float[] z = {3, 4, 3.9f};
    for (int i = 0; i < 100; i++) {
      assertThat(cold.choose(z, 0, 3, new BitSet(), new Noise(i))).isEqualTo(1);
    }
  }

  @Test
  void left_asTransformers() throws IOException {
    JsonArray cases = cases();
    assertThat(cases).hasSize(60);
    for (JsonElement element : cases) {
      JsonObject one = element.getAsJsonObject();
      TokenChoice choice = choice(one);
      float[] z = floats(one);
      double[] expected = probabilities(one);
      float[] penalised = choice.penalised(z.clone(), seen(one));
      double max = IntStream.range(0, z.length).mapToDouble(i -> penalised[i]).max().orElseThrow();
      double lowest = choice.lowest(penalised, 0, z.length, max);
      for (int token = 0; token < z.length; token++) {
        assertThat(penalised[token] >= lowest)
            .as("token %d of %s", token, one)
            .isEqualTo(expected[token] > 0);
      }
    }
  }

  /** A chi-square test of each case; the seed is fixed, and so is the result. */
  @Test
  void draws_frequenciesAsTransformersProbabilities() throws IOException {
    int draws = 20_000;
    int seed = 0;
    double worst = 0;
    for (JsonElement element : cases()) {
      JsonObject one = element.getAsJsonObject();
      TokenChoice choice = choice(one);
      float[] z = floats(one);
      BitSet seen = seen(one);
      int[] counts = new int[z.length];
      seed++;
      for (int i = 0; i < draws; i++) {
        counts[choice.choose(z, 0, z.length, seen, Noise.at(seed, 0, i, 3))]++;
      }
      worst = Math.max(worst, ChiSquare.deviation(counts, probabilities(one)));
    }
    // In standard deviations of a normal distribution, the largest of 60.
    assertThat(worst).isLessThan(4);
  }

  @Test
  void chiSquare_seesOnePercent() {
    float[] z = {0, 0};
    int[] counts = new int[2];
    for (int i = 0; i < 100_000; i++) {
      counts[PLAIN.choose(z, 0, 2, new BitSet(), Noise.at(7, 0, i, 0))]++;
    }
    assertThat(ChiSquare.deviation(counts, new double[] {0.5, 0.5})).isLessThan(3);
    assertThat(ChiSquare.deviation(counts, new double[] {0.49, 0.51})).isGreaterThan(3);
  }

  @Test
  void noise_dependsOnEveryCoordinate() {
    assertThat(
            IntStream.range(0, 16)
                .mapToObj(i -> Noise.at(i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1)))
        .doesNotHaveDuplicates();
  }

  @Test
  void noise_boundIsAbove() {
    Noise noise = Noise.at(1, 2, 3, 4);
    for (int token = 0; token < 100_000; token++) {
      long bits = noise.bits(token);
      assertThat(Noise.gumbelBound(bits)).isGreaterThanOrEqualTo(Noise.gumbel(bits));
    }
  }

  private static TokenChoice choice(JsonObject one) {
    return new TokenChoice(
        one.get("temperature").getAsDouble(),
        one.get("topK").getAsInt(),
        one.get("topP").getAsDouble(),
        one.get("minP").getAsDouble(),
        one.get("repetitionPenalty").getAsDouble());
  }

  private static JsonArray cases() throws IOException {
    return JsonParser.parseString(
            Resources.toString(
                Resources.getResource("generation/choices.json"), StandardCharsets.UTF_8))
        .getAsJsonArray();
  }

  private static float[] floats(JsonObject one) {
    JsonArray list = one.getAsJsonArray("logits");
    float[] z = new float[list.size()];
    for (int i = 0; i < z.length; i++) {
      z[i] = list.get(i).getAsFloat();
    }
    return z;
  }

  private static double[] probabilities(JsonObject one) {
    return one.getAsJsonArray("probabilities").asList().stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  private static BitSet seen(JsonObject one) {
    return seen(
        one.getAsJsonArray("seen").asList().stream().mapToInt(JsonElement::getAsInt).toArray());
  }

  private static BitSet seen(int... tokens) {
    BitSet seen = new BitSet();
    IntStream.of(tokens).forEach(seen::set);
    return seen;
  }
}
