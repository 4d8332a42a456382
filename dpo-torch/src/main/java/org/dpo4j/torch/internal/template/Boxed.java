package org.dpo4j.torch.internal.template;

import com.hubspot.jinjava.util.HasObjectTruthValue;

/**
 * A value for the library's {@code or}, with the truth that Python gives it, or the opposite. For
 * the library the text "false" is not true.
 *
 * @param value the value
 * @param isTrue what the library is to take it for
 */
record Boxed(Object value, boolean isTrue) implements HasObjectTruthValue {

  @Override
  public boolean getObjectTruthValue() {
    return isTrue;
  }
}
