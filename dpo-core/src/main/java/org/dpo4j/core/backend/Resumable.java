package org.dpo4j.core.backend;

import java.io.IOException;

/**
 * Something whose state can be written down and taken up again in another process, so that what
 * follows is the same to the last bit. A {@link Policy} that is resumable makes optimizers and
 * frozen copies that are, too; without it a run can't have checkpoints.
 *
 * <p>Saved is what training changes: of a policy the trained parameters and where its chance stands
 * (that of dropout, say), of an optimizer its moments and the number of its steps, of a frozen copy
 * its parameters. What training leaves alone (base weights, a tokenizer, constants) is there again
 * when the same objects are made anew, and is not saved. Neither are accumulated gradients: both
 * happen between steps.
 */
public interface Resumable {

  /**
   * Writes the state. Changes nothing.
   *
   * @param sink takes it
   * @throws IOException if it can't be written
   */
  void save(StateSink sink) throws IOException;

  /**
   * Takes up a state. All of it is checked before anything is changed.
   *
   * @param source has what {@link #save} wrote, to be trusted to be just that
   * @throws IllegalArgumentException if it is the state of something else: other shapes, another
   *     optimizer; the message says which
   * @throws IOException if it can't be read
   */
  void restore(StateSource source) throws IOException;
}
