/**
 * How far to trust a comparison: intervals and tests for proportions, each under its source. Start
 * at {@link org.dpo4j.core.statistics.Wilson}.
 */
@NullMarked
package org.dpo4j.core.statistics;

import org.jspecify.annotations.NullMarked;
