package org.dpo4j.torch.internal.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Python's range.
 *
 * @param start its first number
 * @param stop where it ends, not in it
 * @param step from one to the next, not 0
 */
record Range(BigInteger start, BigInteger stop, BigInteger step) {

  Range {
    if (step.signum() == 0) {
      throw new Halt("a range must not have a step of 0");
    }
    // A slice of a slice has the product of their steps, which must not grow without end.
    for (BigInteger number : List.of(start, stop, step)) {
      Object unused = Numbers.normal(number);
    }
    if (size(start, stop, step).compareTo(BigInteger.valueOf(Budget.MAX_RANGE)) > 0) {
      throw new Halt("a range must have at most " + Budget.MAX_RANGE + " numbers");
    }
  }

  static Range of(Arguments arguments) {
    Arguments.Bound bound = arguments.bind(1, "start", "stop", "step");
    BigInteger first = Numbers.whole(bound.get(0));
    return bound.has(1)
        ? new Range(first, Numbers.whole(bound.get(1)), Numbers.whole(bound.or(2, 1L)))
        : new Range(BigInteger.ZERO, first, BigInteger.ONE);
  }

  private static BigInteger size(BigInteger start, BigInteger stop, BigInteger step) {
    BigInteger distance = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
    BigInteger stride = step.abs();
    return distance.signum() <= 0
        ? BigInteger.ZERO
        : distance.add(stride).subtract(BigInteger.ONE).divide(stride);
  }

  int size() {
    return size(start, stop, step).intValueExact();
  }

  Object get(int index) {
    return Numbers.normal(number(index));
  }

  private BigInteger number(int index) {
    return start.add(step.multiply(BigInteger.valueOf(index)));
  }

  /** The numbers from one index to another, in strides. */
  Range slice(int from, int to, int stride) {
    return new Range(number(from), number(to), step.multiply(BigInteger.valueOf(stride)));
  }

  Iterator<Object> elements() {
    return IntStream.range(0, size()).mapToObj(this::get).iterator();
  }

  @Override
  public String toString() {
    return "range(" + start + ", " + stop + (step.equals(BigInteger.ONE) ? "" : ", " + step) + ")";
  }
}
