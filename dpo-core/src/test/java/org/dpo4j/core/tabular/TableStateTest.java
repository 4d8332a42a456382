package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.primitives.ImmutableIntArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TableStateTest {

  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("a b c"));

  /** Pieces in memory. */
  private static final class Pieces implements StateSink, StateSource {

    private final Map<String, byte[]> pieces = new HashMap<>();

    static Pieces of(Object resumable) throws IOException {
      Pieces pieces = new Pieces();
      ((Resumable) resumable).save(pieces);
      return pieces;
    }

    @Override
    public void write(String name, Content content) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      content.writeTo(out);
      assertThat(pieces.put(name, out.toByteArray())).isNull();
    }

    @Override
    public ByteArrayInputStream open(String name) {
      return new ByteArrayInputStream(Objects.requireNonNull(pieces.get(name)));
    }

    void restore(Object resumable) throws IOException {
      ((Resumable) resumable).restore(this);
    }
  }

  private static void step(TabularPolicy policy, Optimizer optimizer, int token) {
    PromptGroup group =
        PromptGroup.of(ImmutableIntArray.of(token), List.of(ImmutableIntArray.of(1, token, 0)));
    try (ForwardPass pass = policy.forward(List.of(group), Set.of())) {
      pass.backward(pass.scores().logProbs().map((row, t) -> -1.0 - t));
    }
    optimizer.step(0.1, 1.0);
  }

  static Stream<OptimizerSpec> optimizers() {
    return Stream.of(
        AdamW.learningRate(0.1).weightDecay(0.1),
        RmsProp.learningRate(0.1),
        Sgd.learningRate(0.1).momentum(0.9));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aPolicyAndItsOptimizerGoOnWhereTheyWereSaved(OptimizerSpec spec) throws IOException {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    Optimizer optimizer = policy.optimizer(spec);
    step(policy, optimizer, 1);
    step(policy, optimizer, 2);
    Pieces savedPolicy = Pieces.of(policy);
    Pieces savedOptimizer = Pieces.of(optimizer);
    step(policy, optimizer, 1);
    step(policy, optimizer, 3);

    TabularPolicy restored = TabularPolicy.of(WORDS);
    Optimizer resumed = restored.optimizer(spec);
    step(restored, resumed, 2);
    savedPolicy.restore(restored);
    savedOptimizer.restore(resumed);
    step(restored, resumed, 1);
    step(restored, resumed, 3);

    assertThat(restored.fingerprint()).isEqualTo(policy.fingerprint());
    assertThat(Pieces.of(restored).pieces.get("policy.table"))
        .as("the order of rows, which decides about rounding, too")
        .isEqualTo(Pieces.of(policy).pieces.get("policy.table"));
  }

  @Test
  void aFrozenCopyIsRestoredWithoutThePolicy() throws IOException {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    step(policy, policy.optimizer(Sgd.learningRate(1)), 1);
    MovableCopy copy = policy.frozenCopy();
    Pieces saved = Pieces.of(copy);
    TabularPolicy other = TabularPolicy.of(WORDS);
    MovableCopy restored = other.frozenCopy();

    saved.restore(restored);

    assertThat(restored.fingerprint()).isEqualTo(copy.fingerprint());
    assertThat(other.fingerprint()).isEqualTo(TabularPolicy.of(WORDS).fingerprint());
  }

  @Test
  void aPassFromBeforeIsNoLongerOfUse() throws IOException {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    Pieces saved = Pieces.of(policy);
    PromptGroup group =
        PromptGroup.of(ImmutableIntArray.of(1), List.of(ImmutableIntArray.of(1, 0)));
    ForwardPass pass = policy.forward(List.of(group), Set.of());

    saved.restore(policy);

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> pass.backward(pass.scores().logProbs()))
        .withMessage("the parameters changed since the forward pass");
  }

  @Test
  void theStateOfSomethingElseIsRefusedAndChangesNothing() throws IOException {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    step(policy, policy.optimizer(Sgd.learningRate(1)), 1);
    byte[] before = Objects.requireNonNull(Pieces.of(policy).pieces.get("policy.table"));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Pieces.of(TabularPolicy.of(WordTokenizer.of(List.of("a")))).restore(policy))
        .withMessage("policy.table is of a vocabulary of 2 tokens, and the policy's has 4");
    Pieces optimizers = Pieces.of(policy.optimizer(Sgd.learningRate(1)));
    optimizers.pieces.put("policy.table", optimizers.open("optimizer.table").readAllBytes());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizers.restore(policy))
        .withMessage("policy.table must have 1 tables, got 2");
    Pieces torn = Pieces.of(policy);
    torn.pieces.put("policy.table", Arrays.copyOf(before, before.length - 1));
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> torn.restore(policy));

    assertThat(Pieces.of(policy).pieces.get("policy.table")).isEqualTo(before);
  }
}
