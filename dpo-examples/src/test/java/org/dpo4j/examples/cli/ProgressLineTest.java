package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.dpo4j.api.TrainingStep;
import org.dpo4j.core.batch.Metrics;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private final StringWriter out = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(new PrintWriter(out, true), terminal, nanos::get);
  }

  /** A step of two seconds. */
  private void step(ProgressLine line, int step, double chosen) {
    nanos.addAndGet(2_000_000_000L);
    line.onStep(
        new TrainingStep(
            step,
            100,
            Metrics.NONE
                .with("loss", 0.5)
                .with("num_tokens", 300.0 * step)
                .with("rewards/margins", 0.25)
                .with("rewards/accuracies", 0.75)
                .with("logps/chosen", chosen)));
  }

  @Test
  void elsewhere_than_on_a_terminal_is_a_line_every_few_seconds() {
    ProgressLine line = line(false);
    for (int step = 1; step <= 7; step++) {
      step(line, step, -40 - step);
    }

    assertThat(out.toString().lines())
        .containsExactly(
            "step 1/100  loss 0.5000  margin 0.250  accuracy 0.75  chosen -41.0",
            "step 4/100  3 min 12 s left  150 tokens/s  loss 0.5000  margin 0.250  accuracy 0.75  chosen -44.0↓",
            "step 7/100  3 min 06 s left  150 tokens/s  loss 0.5000  margin 0.250  accuracy 0.75  chosen -47.0↓");
  }

  @Test
  void says_which_way_the_chosen_log_prob_goes() {
    ProgressLine line = line(true);
    step(line, 1, -40);
    step(line, 2, -39);
    assertThat(out.toString()).endsWith("chosen -39.0↑");
    step(line, 3, -45);
    assertThat(out.toString()).contains("chosen -45.0↓");
  }

  @Test
  void on_a_terminal_is_one_line_drawn_again() {
    ProgressLine line = line(true);
    int last =
        line.during(
            () -> {
              step(line, 50, -40);
              step(line, 51, -40);
              return 51;
            });

    assertThat(last).isEqualTo(51);
    assertThat(out.toString())
        .startsWith("\r██████████░░░░░░░░░░ step 50/100")
        .contains("\r██████████░░░░░░░░░░ step 51/100  1 min 38 s left")
        .endsWith(System.lineSeparator())
        .containsOnlyOnce("\n");
  }

  @Test
  void of_a_resumed_run_counts_only_what_was_done_here() {
    ProgressLine line = line(true);
    step(line, 90, -40);
    step(line, 91, -40);

    assertThat(out.toString()).contains("step 91/100  18 s left  150 tokens/s");
  }

  @Test
  void an_evaluation_stays_above_the_bar() {
    ProgressLine line = line(true);
    step(line, 1, -40);
    line.onEvaluation(
        new TrainingStep(
            1, 100, Metrics.NONE.with("eval_loss", 0.6).with("eval_logps/chosen", -41.0)));
    step(line, 2, -40);

    assertThat(out.toString())
        .contains("held out after step 1  loss 0.6000  chosen -41.0" + System.lineSeparator());
  }
}
