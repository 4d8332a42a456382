/**
 * Arithmetic that stays finite: {@link org.dpo4j.core.math.LogSpace} holds the handful of functions
 * every loss is made of, {@link org.dpo4j.core.math.Check} the argument checks that open every
 * public function, and {@link org.dpo4j.core.math.Shown} what their messages may quote.
 */
@NullMarked
package org.dpo4j.core.math;

import org.jspecify.annotations.NullMarked;
