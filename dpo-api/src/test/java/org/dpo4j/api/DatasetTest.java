package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {

  private static final Dataset<Integer> NUMBERS = Dataset.from(30, i -> i);

  @Test
  void from_asksForAnExampleWhenItIsReadOnly() {
    List<Integer> asked = new ArrayList<>();
    Dataset<Integer> numbers =
        Dataset.from(
            1000,
            i -> {
              asked.add(i);
              return i;
            });

    assertThat(numbers.shuffle(1).concat(numbers).get(1007)).isEqualTo(7);
    assertThat(asked).containsExactly(7);
  }

  @Test
  void shuffle_keepsTheOrderThatSeedsHaveAlwaysGiven() {
    List<Integer> expected = new ArrayList<>(IntStream.range(0, 30).boxed().toList());
    Collections.shuffle(expected, new Random(5));

    assertThat(NUMBERS.shuffle(5)).containsExactlyElementsOf(expected);
  }

  @Test
  void sample_isSomeInTheirOrder() {
    Dataset<Integer> ten = NUMBERS.sample(10, 3);

    assertThat(ten.asList()).hasSize(10).isSorted().doesNotHaveDuplicates();
    assertThat(ten).containsExactlyElementsOf(NUMBERS.sample(10, 3));
    assertThat(NUMBERS.sample(31, 3)).containsExactlyElementsOf(NUMBERS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NUMBERS.sample(0, 3))
        .withMessage("count must be ≥ 1, got 0");
  }

  @Test
  void mix_isTheLargestWithTheseShares() {
    Dataset<Integer> negative = Dataset.from(8, i -> -1 - i);

    Dataset<Integer> mixed = Dataset.mix(List.of(NUMBERS, negative), List.of(3.0, 1.0), 7);

    assertThat(mixed).hasSize(32).doesNotHaveDuplicates();
    assertThat(mixed).filteredOn(i -> i < 0).hasSize(8);
    assertThat(Dataset.mix(List.of(NUMBERS, negative), List.of(0.1, 0.9), 7))
        .hasSize(9)
        .filteredOn(i -> i >= 0)
        .hasSize(1);
  }

  @Test
  void mix_needsAShareForEachPart() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.mix(List.of(NUMBERS), List.of(0.5, 0.5), 7))
        .withMessage("shares must be as many as there are parts, 1, got [0.5, 0.5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.mix(List.of(NUMBERS), List.of(0.0), 7))
        .withMessage("share must be a finite number > 0, got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.mix(List.of(NUMBERS, NUMBERS.range(0, 0)), List.of(1.0, 1.0), 7))
        .withMessage("parts must have an example each, part 1 has none");
  }

  @Test
  void viewsOfViews() {
    Dataset<String> even = NUMBERS.filter(i -> i % 2 == 0).map(i -> "n" + i);
    Dataset.Split<String> split = even.split(0.2, 1);

    assertThat(even).hasSize(15).startsWith("n0", "n2");
    assertThat(split.heldOut()).hasSize(3);
    assertThat(split.train().concat(split.heldOut())).containsExactlyInAnyOrderElementsOf(even);
    assertThat(even).hasToString("Dataset[15 examples]");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neighboursOfOneGroup_areNeverParted(long seed) {
    Dataset.Split<Integer> split = NUMBERS.split(0.2, seed, i -> i / 4);

    Set<Integer> heldOut = new HashSet<>();
    split.heldOut().forEach(i -> heldOut.add(i / 4));
    assertThat(split.heldOut().size()).isBetween(6, 8);
    assertThat(split.train()).noneMatch(i -> heldOut.contains(i / 4));
    assertThat(split.train().concat(split.heldOut())).containsExactlyInAnyOrderElementsOf(NUMBERS);
  }

  @Test
  void groupsOfOne_arePartedAsWithoutGroups() {
    assertThat(NUMBERS.split(0.2, 1, i -> i).heldOut())
        .containsExactlyElementsOf(NUMBERS.split(0.2, 1).heldOut());
    assertThat(NUMBERS.split(0.2, 1, i -> i).train())
        .containsExactlyElementsOf(NUMBERS.split(0.2, 1).train());
  }

  @Test
  void oneGroup_cannotBeParted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NUMBERS.split(0.2, 1, i -> "same"))
        .withMessage(
            "a held-out share of 0.2 leaves 30 of 30 examples to hold out; neither part may be"
                + " empty");
  }

  @Test
  void wrongSizesAndIndices_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.from(-1, i -> i))
        .withMessage("size must be ≥ 0, got -1");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> NUMBERS.get(30))
        .withMessage("the dataset has 30 examples, got index 30");
  }

  @Test
  void examples_checkTheirTexts() {
    Text ask = Text.of("ask");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UnpairedExample.of(ask, Text.of(""), true))
        .withMessage("completion must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RankedExample.of(ask, List.of(Text.of("a"))))
        .withMessage("completions must be at least 2, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RankedExample.of(ask, List.of(Text.of("a"), Text.of(""))))
        .withMessage("completion 1 must not be empty");
    assertThat(RankedExample.of(ask, List.of(Text.of("a"), Text.of("b"))).withId("x").id())
        .isEqualTo("x");
  }
}
