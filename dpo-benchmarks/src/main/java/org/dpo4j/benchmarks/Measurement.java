package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.util.List;

/**
 * What a process that trained with dpo4j says of it, in one line of JSON.
 *
 * @param timing its steps and memory
 * @param work of each step
 * @param prepared seconds it took to compute a cached reference, before the first step
 * @param rateBefore of matrix multiplication before training, operations a second
 * @param rateAfter the same after training
 * @param libtorch its version
 */
record Measurement(
    Timing timing,
    List<Work> work,
    double prepared,
    double rateBefore,
    double rateAfter,
    String libtorch) {

  /** Keeps a copy. */
  Measurement {
    work = ImmutableList.copyOf(work);
  }

  String line() {
    return new Gson().toJson(this);
  }

  static Measurement parse(String line) {
    try {
      return new Gson().fromJson(line, Measurement.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("a measurement must be a line of JSON, got: " + line, e);
    }
  }

  Work total() {
    return work.stream().reduce(Work.NONE, Work::plus);
  }

  /** Of all steps but the first. */
  Work warm() {
    return work.stream().skip(1).reduce(Work.NONE, Work::plus);
  }

  /** The machine's rate, the better of both, so that a busy moment does not flatter the step. */
  double rate() {
    return Math.max(rateBefore, rateAfter);
  }

  /** The share of the machine's rate that the steps after the first reach. */
  double share(boolean withRecomputed) {
    Work done = warm();
    double operations = done.useful() + (withRecomputed ? done.recomputed() : 0);
    return operations / timing.warm() / rate();
  }
}
