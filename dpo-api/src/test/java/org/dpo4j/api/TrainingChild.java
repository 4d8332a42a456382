package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.tabular.TabularPolicy;

/** A process of its own that trains in a run directory until it is killed, or done. */
final class TrainingChild {

  static final PreferenceDataset PAIRS = Toy.pairs(60);

  private TrainingChild() {}

  /** Trains in {@code args[0]}. */
  public static void main(String[] args) {
    TabularPolicy policy = policy();
    TrainingReport report = train(policy, Path.of(args[0]), Cancellation.onShutdown());
    System.exit(report.stopped() == StopReason.COMPLETED ? 0 : 1);
  }

  static TrainingReport train(TabularPolicy policy, Path directory, Cancellation cancellation) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(Reference.moving(0.5, 3))
        .optimizer(AdamW.learningRate(0.01))
        .batchSize(3)
        .epochs(20)
        .evaluation(PAIRS.range(0, 6))
        .evaluateEvery(25)
        .cancellation(cancellation)
        .runDirectory(RunDirectory.at(directory).checkpointEvery(1).keepLast(2).resume(true))
        .build()
        .train(PAIRS);
  }

  /** Large enough that most of a run's time goes into checkpoints. */
  static TabularPolicy policy() {
    int words = Toy.WORDS.vocabulary().size();
    TabularPolicy policy = TabularPolicy.of(Toy.WORDS, 3);
    Random random = new Random(3);
    for (int first = 0; first < words; first++) {
      for (int second = 0; second < words; second++) {
        for (int third = 0; third < words; third++) {
          policy.setLogits(
              ImmutableIntArray.of(first, second, third), random.doubles(words).toArray());
        }
      }
    }
    return policy;
  }

  static Process start(Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(
        List.of(
            "-cp", CachingChild.classPath(), TrainingChild.class.getName(), directory.toString()));
    return new ProcessBuilder(command).inheritIO().start();
  }
}
