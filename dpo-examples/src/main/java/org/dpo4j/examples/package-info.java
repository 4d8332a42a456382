/**
 * Programs to run and to read: {@link org.dpo4j.examples.ReadmeExample} is the README's, {@link
 * org.dpo4j.examples.ToyWorld} shows every loss at work where the optimum is known.
 */
@NullMarked
package org.dpo4j.examples;

import org.jspecify.annotations.NullMarked;
