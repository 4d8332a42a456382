package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceDatasetTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(30);

  /** Ids 0 to 19 are helpful, 20 to 29 harmless, 28 and 29 both, 0 and 1 funny as well. */
  private static final PreferenceDataset TAGGED =
      PAIRS.map(
          pair -> {
            int number = Integer.parseInt(pair.id());
            if (number < 2) {
              return pair.withTags("helpful", "funny");
            }
            return number < 20
                ? pair.withTags("helpful")
                : number < 28 ? pair.withTags("harmless") : pair.withTags("helpful", "harmless");
          });

  private static PreferencePair pair(String chosen) {
    return PreferencePair.of("ask", chosen, " z");
  }

  @Test
  void numbersPairsWithoutAnId() {
    PreferenceDataset pairs = PreferenceDataset.of(pair("a"), pair("b").withId("mine"), pair("c"));

    assertThat(pairs.size()).isEqualTo(3);
    assertThat(Toy.ids(pairs)).containsExactly("0", "mine", "2");
    assertThat(pairs.get(2)).isEqualTo(pair("c").withId("2"));
  }

  @Test
  void doesNotChangeWithTheListItWasMadeOf() {
    List<PreferencePair> list = new ArrayList<>(List.of(pair("a"), pair("b")));
    PreferenceDataset pairs = PreferenceDataset.of(list);

    list.clear();

    assertThat(Toy.ids(pairs)).containsExactly("0", "1");
  }

  @Test
  void mayBeEmpty() {
    assertThat(PreferenceDataset.of().size()).isZero();
    assertThat(PreferenceDataset.of()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 30, Integer.MAX_VALUE})
  void getRefusesAnIndexOutOfRange(int index) {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> PAIRS.get(index))
        .withMessage("the dataset has 30 pairs, got index " + index);
  }

  @Test
  void viewsRefuseAnIndexOutOfTheirOwnRange() {
    PreferenceDataset view = PAIRS.split(0.5, 1).train();

    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> view.get(15))
        .withMessage("the dataset has 15 pairs, got index 15");
  }

  @Test
  void iteratesInOrderAndEnds() {
    Iterator<PreferencePair> pairs = PreferenceDataset.of(pair("a"), pair("b")).iterator();

    assertThat(pairs.next().id()).isEqualTo("0");
    assertThat(pairs.next().id()).isEqualTo("1");
    assertThat(pairs.hasNext()).isFalse();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(pairs::next);
  }

  @Test
  void mapChangesEveryPairAndKeepsTheOrder() {
    PreferenceDataset heavier = PAIRS.map(pair -> pair.withWeight(2.0));

    assertThat(Toy.ids(heavier)).isEqualTo(Toy.ids(PAIRS));
    assertThat(heavier).allMatch(pair -> pair.weight() == 2.0);
    assertThat(PAIRS).allMatch(pair -> pair.weight() == 1.0);
  }

  @Test
  void filterKeepsTheOrder() {
    PreferenceDataset kept = PAIRS.filter(pair -> pair.id().endsWith("5"));

    assertThat(Toy.ids(kept)).containsExactly("5", "15", "25");
  }

  @Test
  void filterAsksOnceAPairWhateverComesAfter() {
    List<String> asked = new ArrayList<>();
    PreferenceDataset kept =
        PAIRS.filter(
            pair -> {
              asked.add(pair.id());
              return true;
            });

    assertThat(asked).isEqualTo(Toy.ids(PAIRS));
    assertThat(ImmutableList.copyOf(kept.shuffle(1).split(0.5, 2).train())).hasSize(15);
    assertThat(ImmutableList.copyOf(kept)).hasSize(30);
    assertThat(asked).hasSize(30);
  }

  @Test
  void shufflePermutes() {
    assertThat(Toy.ids(PAIRS.shuffle(1)))
        .containsExactlyInAnyOrderElementsOf(Toy.ids(PAIRS))
        .isNotEqualTo(Toy.ids(PAIRS));
  }

  @Test
  void shuffleTakesItsOrderFromTheSeed() {
    assertThat(Toy.ids(PAIRS.shuffle(1))).isEqualTo(Toy.ids(PAIRS.shuffle(1)));
    assertThat(Toy.ids(PAIRS.shuffle(1))).isNotEqualTo(Toy.ids(PAIRS.shuffle(2)));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 27, 3", "0.5, 15, 15", "0.25, 22, 8", "0.97, 1, 29", "0.02, 29, 1"})
  void splitPartsThePairs(double fraction, int train, int heldOut) {
    PreferenceDataset.Split split = PAIRS.split(fraction, 3);

    assertThat(split.train().size()).isEqualTo(train);
    assertThat(split.heldOut().size()).isEqualTo(heldOut);
    assertThat(Toy.ids(split.train().concat(split.heldOut())))
        .containsExactlyInAnyOrderElementsOf(Toy.ids(PAIRS));
  }

  @Test
  void splitByPrompt_holdsOutAllPairsOfAPrompt() {
    PreferenceDataset thrice =
        PreferenceDataset.of(
            PAIRS.asDataset().asList().stream()
                .flatMap(pair -> Stream.of("a", "b", "c").map(pair::withId))
                .toList());

    PreferenceDataset.Split split = thrice.split(0.3, 3, PreferencePair::prompt);

    List<Text> learnt = split.train().asDataset().map(PreferencePair::prompt).asList();
    assertThat(split.heldOut().size()).isEqualTo(27);
    assertThat(split.heldOut()).noneMatch(pair -> learnt.contains(pair.prompt()));
  }

  @Test
  void splitTakesItsPartsFromTheSeed() {
    assertThat(Toy.ids(PAIRS.split(0.3, 3).heldOut()))
        .isEqualTo(Toy.ids(PAIRS.split(0.3, 3).heldOut()));
    assertThat(Toy.ids(PAIRS.split(0.3, 3).heldOut()))
        .isNotEqualTo(Toy.ids(PAIRS.split(0.3, 4).heldOut()))
        .isNotEqualTo(Toy.ids(PAIRS.range(0, 9)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 1.0, -0.5, 1.5, Double.NaN})
  void splitRefusesAFractionOutOfRange(double fraction) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIRS.split(fraction, 1))
        .withMessage("heldOutFraction must be in (0, 1), got " + fraction);
  }

  @Test
  void splitRefusesAnEmptyPart() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIRS.split(0.01, 1))
        .withMessage(
            "a held-out share of 0.01 leaves 0 of 30 pairs to hold out; neither part may be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIRS.split(0.99, 1))
        .withMessage(
            "a held-out share of 0.99 leaves 30 of 30 pairs to hold out; neither part may be empty");
  }

  @Test
  void concatPutsOneAfterTheOther() {
    PreferenceDataset both = PAIRS.range(3, 5).concat(PAIRS.range(0, 2));

    assertThat(Toy.ids(both)).containsExactly("3", "4", "0", "1");
  }

  private static long count(PreferenceDataset pairs, String tag) {
    return ImmutableList.copyOf(pairs).stream().filter(p -> p.tags().contains(tag)).count();
  }

  @Test
  void mixIsTheLargestWithTheseShares() {
    PreferenceDataset mixed = TAGGED.range(0, 28).mix(Map.of("helpful", 0.75, "harmless", 0.25), 1);

    // 8 harmless pairs would go with 24 helpful ones; there are 20, which go with 6⅔.
    assertThat(count(mixed, "helpful")).isEqualTo(20);
    assertThat(count(mixed, "harmless")).isEqualTo(7);
    assertThat(Toy.ids(mixed)).doesNotHaveDuplicates().hasSize(mixed.size());
    assertThat(mixed.size()).isEqualTo((int) (count(mixed, "helpful") + count(mixed, "harmless")));
  }

  @Test
  void mixGivesEveryTagItsShareToOnePair() {
    for (double helpful : new double[] {0.1, 0.3, 0.5, 0.62, 0.9}) {
      PreferenceDataset mixed =
          TAGGED.range(0, 28).mix(Map.of("helpful", helpful, "harmless", 1 - helpful), 5);

      double size = mixed.size();
      assertThat(count(mixed, "helpful"))
          .isBetween((long) Math.floor(helpful * size - 1), (long) Math.ceil(helpful * size + 1));
      assertThat(Math.min(20 - count(mixed, "helpful"), 8 - count(mixed, "harmless"))).isZero();
    }
  }

  @Test
  void mixDividesSharesByTheirSum() {
    assertThat(Toy.ids(TAGGED.mix(Map.of("helpful", 3.0, "harmless", 1.0), 1)))
        .isEqualTo(Toy.ids(TAGGED.mix(Map.of("helpful", 0.75, "harmless", 0.25), 1)));
  }

  @Test
  void mixCountsAPairOnceForItsFirstTagByName() {
    // 28 and 29 are harmless here, so there are 10 of those; all are drawn at equal shares.
    PreferenceDataset mixed = TAGGED.mix(Map.of("helpful", 1.0, "harmless", 1.0), 1);

    assertThat(count(mixed, "harmless")).isEqualTo(10);
    assertThat(mixed.size()).isEqualTo(20);
    assertThat(Toy.ids(mixed)).doesNotHaveDuplicates().contains("28", "29");
  }

  @Test
  void mixLeavesOutPairsOfOtherTags() {
    assertThat(Toy.ids(TAGGED.mix(Map.of("funny", 1.0), 1))).containsExactlyInAnyOrder("0", "1");
  }

  @Test
  void mixTakesPairsAndOrderFromTheSeed() {
    Map<String, Double> shares = Map.of("helpful", 0.5, "harmless", 0.5);

    assertThat(Toy.ids(TAGGED.mix(shares, 1))).isEqualTo(Toy.ids(TAGGED.mix(shares, 1)));
    assertThat(Toy.ids(TAGGED.mix(shares, 1))).isNotEqualTo(Toy.ids(TAGGED.mix(shares, 2)));
  }

  @Test
  void mixPutsTagsInRandomOrderNotOneAfterTheOther() {
    PreferenceDataset mixed = TAGGED.range(2, 28).mix(Map.of("helpful", 0.5, "harmless", 0.5), 1);

    long changes =
        IntStream.range(1, mixed.size())
            .filter(i -> !mixed.get(i).tags().equals(mixed.get(i - 1).tags()))
            .count();
    assertThat(mixed.size()).isEqualTo(16);
    assertThat(changes).isGreaterThan(1);
  }

  @Test
  void mixRefusesATagThatNoPairHas() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TAGGED.mix(Map.of("helpful", 0.5, "honest", 0.5), 1))
        .withMessage("no pair has the tag 'honest'");
  }

  @Test
  void mixNeedsShares() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TAGGED.mix(Map.of(), 1))
        .withMessage("shares must have at least one tag, got none");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
  void mixRefusesSharesOutOfRange(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TAGGED.mix(Map.of("helpful", share), 1))
        .withMessage("share of 'helpful' must be a finite number > 0, got " + share);
  }

  @Test
  void saysHowManyPairsItHas() {
    assertThat(PAIRS).hasToString("PreferenceDataset[30 pairs]");
  }
}
