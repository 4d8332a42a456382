package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.batch.PairLabel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencePairTest {

  private static final PreferencePair PAIR = PreferencePair.of("prompt", " chosen", " rejected");

  @Test
  void ofTextsKnowsNothingElse() {
    assertThat(PAIR)
        .isEqualTo(
            new PreferencePair(
                "",
                Text.of("prompt"),
                Text.of(" chosen"),
                Text.of(" rejected"),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                1.0,
                ImmutableSet.of()));
    assertThat(PAIR.label()).isEqualTo(PairLabel.PLAIN);
  }

  @Test
  void ofMessagesKeepsThem() {
    List<Message> prompt = List.of(Message.system("Be brief."), Message.user("Hello?"));
    PreferencePair chat =
        PreferencePair.of(
            prompt, List.of(Message.assistant("Hello.")), List.of(Message.assistant("What?")));

    assertThat(chat.prompt()).isEqualTo(Text.of(prompt));
    assertThat(chat.chosen()).isEqualTo(Text.of(List.of(Message.assistant("Hello."))));
    assertThat(chat.rejected()).isEqualTo(Text.of(List.of(Message.assistant("What?"))));
  }

  @Test
  void thePromptMayBeEmpty() {
    assertThat(PreferencePair.of("", "a", "b").prompt().isEmpty()).isTrue();
  }

  @Test
  void eachWitherChangesOneThingOnACopy() {
    PreferencePair changed =
        PAIR.withId("7")
            .withMargin(0.5)
            .withAgreement(0.75)
            .withWeight(2.0)
            .withTags("helpful", "short");

    assertThat(changed)
        .isEqualTo(
            new PreferencePair(
                "7",
                PAIR.prompt(),
                PAIR.chosen(),
                PAIR.rejected(),
                OptionalDouble.of(0.5),
                OptionalDouble.empty(),
                OptionalDouble.of(0.75),
                2.0,
                ImmutableSet.of("helpful", "short")));
    assertThat(changed.withoutMargin().margin()).isEmpty();
    assertThat(changed.withoutMargin().withMargin(0.5)).isEqualTo(changed);
    assertThat(PAIR).isEqualTo(PreferencePair.of("prompt", " chosen", " rejected"));
  }

  @Test
  void agreementBecomesLabelNoise() {
    PairLabel label = PAIR.withAgreement(0.8).withMargin(0.5).withWeight(3.0).label();

    assertThat(label.noise().orElseThrow()).isCloseTo(0.2, within(1e-15));
    assertThat(label.margin()).isEqualTo(0.5);
    assertThat(label.weight()).isEqualTo(3.0);
    assertThat(PAIR.withAgreement(1.0).label().noise()).hasValue(0.0);
    assertThat(PAIR.withAgreement(Math.nextUp(0.5)).label().noise()).isPresent();
  }

  @Test
  void refusesEmptyCompletions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferencePair.of("a", "", "b"))
        .withMessage("chosen must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreferencePair.of("a", "b", ""))
        .withMessage("rejected must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PreferencePair.of(
                    List.of(Message.user("a")),
                    List.of(Message.assistant("")),
                    List.of(Message.assistant("b"))))
        .withMessage("chosen must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PreferencePair(
                    "7",
                    PAIR.prompt(),
                    PAIR.chosen(),
                    Text.of(""),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    1.0,
                    ImmutableSet.of()))
        .withMessage("pair '7': rejected must not be empty");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesMarginsAndWeightsThatAreNoAmount(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIR.withMargin(value))
        .withMessage("margin must be a finite number ≥ 0, got " + value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIR.withId("50 %").withWeight(value))
        .withMessage("pair '50 %': weight must be a finite number ≥ 0, got " + value);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.2, 1.1, Double.NaN})
  void refusesAgreementOutOfRange(double agreement) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PAIR.withId("7").withAgreement(agreement))
        .withMessage("pair '7': agreement must be in (0.5, 1], got " + agreement);
  }
}
