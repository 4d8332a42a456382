package org.dpo4j.api.tensorboard;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import java.nio.file.Path;
import java.util.Map;
import org.dpo4j.api.TrainingListener;
import org.dpo4j.api.TrainingStep;

/**
 * Writes the metrics of a run where TensorBoard finds them ({@code tensorboard --logdir
 * DIRECTORY}): training in {@code train/}, evaluations in {@code held_out/}, under the same names,
 * so that it draws them in one frame. Nothing is kept open; what is written is there at once.
 *
 * <pre>{@code
 * DpoTrainer.builder() … .listener(TensorBoard.in(Path.of("runs/first/tensorboard")))
 * }</pre>
 *
 * <p>A listener writes files of its own: where a run goes on, TensorBoard drops what an earlier one
 * says of the steps that are done again.
 */
public final class TensorBoard implements TrainingListener {

  private static final String EVALUATION = "eval_";

  private final EventFile training;
  private final EventFile heldOut;

  private TensorBoard(EventFile training, EventFile heldOut) {
    this.training = training;
    this.heldOut = heldOut;
  }

  /**
   * In a directory.
   *
   * @param directory made with the first step if it isn't there
   * @return a listener for one run
   */
  public static TensorBoard in(Path directory) {
    return new TensorBoard(
        EventFile.in(directory.resolve("train")), EventFile.in(directory.resolve("held_out")));
  }

  /**
   * Writes a step.
   *
   * @throws java.io.UncheckedIOException if that fails
   */
  @Override
  public void onStep(TrainingStep step) {
    training.append(step.step(), step.metrics().asMap());
  }

  /**
   * Writes an evaluation.
   *
   * @throws java.io.UncheckedIOException if that fails
   */
  @Override
  public void onEvaluation(TrainingStep step) {
    heldOut.append(
        step.step(),
        step.metrics().asMap().entrySet().stream()
            .collect(
                toImmutableMap(
                    metric -> metric.getKey().substring(EVALUATION.length()),
                    Map.Entry::getValue)));
  }
}
