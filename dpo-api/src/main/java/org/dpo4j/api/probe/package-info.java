/**
 * Whether training changed behaviour that nobody meant to change. A {@link
 * org.dpo4j.api.probe.Probe} is a prompt with an expectation; {@link
 * org.dpo4j.api.probe.ProbeReport} says what the policy before and the policy after made of them,
 * category by category.
 */
@NullMarked
package org.dpo4j.api.probe;

import org.jspecify.annotations.NullMarked;
