/**
 * Which of two policies answers better: {@link org.dpo4j.api.compare.Comparison} lets a {@link
 * org.dpo4j.api.compare.Judge} decide prompt by prompt, keeps each verdict as a line of a file and
 * says how sure the result is. The judge is a function, a reward, or another model behind an
 * endpoint.
 */
@NullMarked
package org.dpo4j.api.compare;

import org.jspecify.annotations.NullMarked;
