package org.dpo4j.api;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.tabular.TabularPolicy;

/** A process of its own that trains in a run directory until it is killed, or done. */
final class TrainingChild {

  static final PreferenceDataset PAIRS = Toy.pairs(60);

  private TrainingChild() {}

  /** Trains in {@code args[0]}, on a disk that takes {@code args[1]} ms for each operation. */
  public static void main(String[] args) {
    int pause = Integer.parseInt(args[1]);
    Disk disk = pause == 0 ? new SystemDisk() : new FailingDisk(number -> pauseFor(pause));
    TrainingReport report = train(policy(), Path.of(args[0]), Cancellation.onShutdown(), disk);
    System.exit(report.stopped() == StopReason.COMPLETED ? 0 : 1);
  }

  private static boolean pauseFor(int millis) {
    Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(millis));
    return false;
  }

  static TrainingReport train(TabularPolicy policy, Path directory, Cancellation cancellation) {
    return train(policy, directory, cancellation, new SystemDisk());
  }

  private static TrainingReport train(
      TabularPolicy policy, Path directory, Cancellation cancellation, Disk disk) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(Reference.moving(0.5, 3))
        .optimizer(AdamW.learningRate(0.01))
        .batchSize(3)
        .epochs(6)
        .evaluation(PAIRS.range(0, 6))
        .evaluateEvery(25)
        .cancellation(cancellation)
        .runDirectory(
            RunDirectory.at(directory).checkpointEvery(1).keepLast(2).resume(true).on(disk))
        .build()
        .train(PAIRS);
  }

  static TabularPolicy policy() {
    return Toy.random();
  }

  /**
   * Starts one.
   *
   * @param pause of each operation on the disk, in ms: most of the run's time where it is not 0
   */
  static Process start(Path directory, int pause) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(
        List.of(
            "-cp",
            CachingChild.classPath(),
            TrainingChild.class.getName(),
            directory.toString(),
            String.valueOf(pause)));
    return new ProcessBuilder(command).inheritIO().start();
  }
}
