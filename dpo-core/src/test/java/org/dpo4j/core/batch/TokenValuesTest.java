package org.dpo4j.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenValuesTest {
  private static final TokenValues VALUES =
      TokenValues.of(new double[] {1, 2, 3}, new double[0], new double[] {-4, 0.5});

  @Test
  void rows_areRagged() {
    assertThat(VALUES.rows()).isEqualTo(3);
    assertThat(VALUES.tokens()).isEqualTo(5);
    assertThat(VALUES.length(0)).isEqualTo(3);
    assertThat(VALUES.length(1)).isZero();
    assertThat(VALUES.get(2, 1)).isEqualTo(0.5);
    assertThat(VALUES.row(2)).containsExactly(-4, 0.5);
    assertThat(VALUES.sum(0)).isEqualTo(6);
    assertThat(VALUES.sum(1)).isZero();
  }

  @Test
  void values_areCopiedInAndOut() {
    double[] row = {1, 2};
    TokenValues values = TokenValues.of(row);
    row[0] = 7;
    values.row(0)[1] = 9;

    assertThat(values.row(0)).containsExactly(1, 2);
  }

  @Test
  void equality_isOfShapeAndValues() {
    TokenValues same =
        TokenValues.of(List.of(new double[] {1, 2, 3}, new double[0], new double[] {-4, 0.5}));
    TokenValues otherShape = TokenValues.of(new double[] {1, 2, 3, -4, 0.5});

    assertThat(VALUES).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(otherShape);
    assertThat(VALUES).isNotEqualTo(VALUES.map((row, token) -> 0));
    assertThat(VALUES.sameShape(otherShape)).isFalse();
    assertThat(VALUES.sameShape(VALUES.map((row, token) -> 0))).isTrue();
  }

  @Test
  void generate_andMapSeeEveryPlace() {
    TokenValues places =
        TokenValues.generate(new int[] {2, 0, 1}, (row, token) -> 10 * row + token);

    assertThat(places)
        .isEqualTo(TokenValues.of(new double[] {0, 1}, new double[0], new double[] {20}));
    assertThat(places.map((row, token) -> 2 * places.get(row, token)))
        .isEqualTo(TokenValues.of(new double[] {0, 2}, new double[0], new double[] {40}));
  }

  @Test
  void select_takesRowsInTheOrderAskedFor() {
    assertThat(VALUES.select(2, 0, 2))
        .isEqualTo(
            TokenValues.of(new double[] {-4, 0.5}, new double[] {1, 2, 3}, new double[] {-4, 0.5}));
    assertThat(VALUES.select().rows()).isZero();
  }

  @Test
  void tokenOfTheNextRow_isOutOfBounds() {
    assertThatThrownBy(() -> VALUES.get(0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("completion 0 has 3 tokens, got token 3");
    assertThatThrownBy(() -> VALUES.get(2, -1))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("completion 2 has 2 tokens, got token -1");
  }

  @Test
  void text_showsTheRows() {
    assertThat(VALUES).hasToString("TokenValues[[1.0, 2.0, 3.0], [], [-4.0, 0.5]]");
  }
}
