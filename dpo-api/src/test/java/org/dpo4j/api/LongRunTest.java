package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.batch.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of so many steps that what is kept of each counts. */
class LongRunTest {

  @TempDir(factory = FastDisk.class)
  Path root;

  /** As objects, what is kept of the steps alone would be 12 MB. */
  @Test
  @Timeout(120)
  void aRunOfManySteps_needsLittleMemory_andSoDoesGoingOn() throws Exception {
    int steps = Integer.getInteger("dpo4j.long.steps", 10_000);
    int megabytes = Integer.getInteger("dpo4j.long.megabytes", 20);

    assertThat(LongRunChild.start(root.resolve("run"), steps, megabytes).waitFor()).isZero();
    assertThat(LongRunChild.start(root.resolve("run"), steps, megabytes).waitFor())
        .as("gone on with after its end")
        .isZero();
  }

  @Test
  void aTableOfSteps_givesEachBackAsItWas() {
    StepTable table = new StepTable();
    List<TrainingStep> steps = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      Metrics metrics = Metrics.NONE.with("loss", 2.0 / i, 3).with("z", Double.NaN);
      steps.add(new TrainingStep(3 * i, 20, i == 4 ? metrics.with("more", i) : metrics));
    }

    steps.forEach(table::append);

    assertThat(table).isEqualTo(steps);
    assertThat(table.get(3).metrics().names()).containsExactly("loss", "z", "more");
    assertThat(table.lastStep()).isEqualTo(15);
  }
}
