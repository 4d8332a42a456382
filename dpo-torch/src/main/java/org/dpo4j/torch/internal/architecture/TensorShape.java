package org.dpo4j.torch.internal.architecture;

import com.google.common.primitives.ImmutableLongArray;

/**
 * The shape of a tensor.
 *
 * @param sizes one a dimension; none for a scalar
 */
public record TensorShape(ImmutableLongArray sizes) {

  /**
   * A shape.
   *
   * @param sizes one a dimension
   * @return the shape
   */
  public static TensorShape of(long... sizes) {
    return new TensorShape(ImmutableLongArray.copyOf(sizes));
  }

  /**
   * How many numbers a tensor of this shape has.
   *
   * @return the product of its sizes
   */
  public long elements() {
    return sizes.stream().reduce(1, (a, b) -> a * b);
  }

  @Override
  public String toString() {
    return sizes.toString();
  }
}
