package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MismatchesTest {

  @ParameterizedTest
  @CsvSource({
    "ab, 10",
    "abc, 120",
    "aab, 220",
    "abb, 100",
    "aba, 121",
    "aabba, 22442",
    "aaabcca, 3334663",
  })
  void eachIsMetByTheNextWithAnotherPrompt(String prompts, String expected) {
    Dataset<UnpairedExample> examples =
        Dataset.of(
            prompts
                .chars()
                .mapToObj(
                    prompt ->
                        UnpairedExample.of(Text.of(Character.toString(prompt)), Text.of("x"), true))
                .toList());
    Mismatches mismatches = Mismatches.in("examples", Examples.ofUnpaired(examples));

    List<Integer> met = IntStream.range(0, prompts.length()).mapToObj(mismatches::of).toList();

    assertThat(met).isEqualTo(expected.chars().mapToObj(digit -> digit - '0').toList());
    assertThat(IntStream.range(0, prompts.length()))
        .allSatisfy(i -> assertThat(prompts.charAt(met.get(i))).isNotEqualTo(prompts.charAt(i)));
  }
}
