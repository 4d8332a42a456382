package org.dpo4j.core.math;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** Argument checks whose messages name the parameter, the rule and the value. */
public final class Check {

  private Check() {}

  /**
   * Refuses a call unless a condition holds.
   *
   * @param condition what must be true
   * @param template a {@link String#format} template naming parameter, rule and value
   * @param arguments the template's arguments
   * @throws IllegalArgumentException if the condition is false
   */
  @FormatMethod
  public static void that(boolean condition, String template, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, template, arguments));
    }
  }

  /**
   * A number that is finite and greater than zero.
   *
   * @param name the parameter's name, for the message
   * @param value its value
   * @return the value
   * @throws IllegalArgumentException if the value is zero, negative, infinite or NaN
   */
  public static double positive(String name, double value) {
    that(
        value > 0 && Double.isFinite(value), "%s must be a finite number > 0, got %s", name, value);
    return value;
  }

  /**
   * A number that is finite and not negative.
   *
   * @param name the parameter's name, for the message
   * @param value its value
   * @return the value
   * @throws IllegalArgumentException if the value is negative, infinite or NaN
   */
  public static double nonNegative(String name, double value) {
    that(
        value >= 0 && Double.isFinite(value),
        "%s must be a finite number ≥ 0, got %s",
        name,
        value);
    return value;
  }

  /**
   * A finite number.
   *
   * @param name the parameter's name, for the message
   * @param value its value
   * @return the value
   * @throws IllegalArgumentException if the value is infinite or NaN
   */
  public static double finite(String name, double value) {
    that(Double.isFinite(value), "%s must be a finite number, got %s", name, value);
    return value;
  }

  /**
   * A whole number of at least one.
   *
   * @param name the parameter's name, for the message
   * @param value its value
   * @return the value
   * @throws IllegalArgumentException if the value is below one
   */
  public static int atLeastOne(String name, int value) {
    that(value >= 1, "%s must be ≥ 1, got %d", name, value);
    return value;
  }

  /**
   * A label smoothing (the probability that a preference is the wrong way round).
   *
   * @param name the parameter's name, for the message
   * @param value its value
   * @return the value
   * @throws IllegalArgumentException if the value is outside [0, ½) or NaN
   */
  public static double labelNoise(String name, double value) {
    that(value >= 0 && value < 0.5, "%s must be in [0, 0.5), got %s", name, value);
    return value;
  }
}
