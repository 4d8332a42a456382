package org.dpo4j.torch.internal.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RevisionTest {

  private final Revision revision = new Revision();

  @Test
  void changeDuringAChange_refused_theFirstGoesOn() {
    long before = revision.now();

    revision.change(
        () ->
            assertThatThrownBy(() -> revision.change(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "two threads train the same weights: training belongs to one thread at a"
                        + " time"));

    assertThat(revision.now()).isGreaterThan(before);
  }

  @Test
  void computationDuringAChange_refused() {
    revision.change(
        () ->
            assertThatThrownBy(revision::now)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the weights changed while they were computed with"));
  }

  @Test
  void computationAcrossAChange_refused_evenOfOneThatFailed() {
    long before = revision.now();
    revision.requireStill(before);

    assertThatThrownBy(
            () ->
                revision.change(
                    () -> {
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThatThrownBy(() -> revision.requireStill(before))
        .isInstanceOf(IllegalStateException.class);
    revision.requireStill(revision.now());
  }
}
