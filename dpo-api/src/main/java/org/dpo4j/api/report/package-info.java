/**
 * A run's directory as a page for a person: {@link org.dpo4j.api.report.RunReport} reads what the
 * run wrote down and draws it. Knows files, not trainers, so that a run that is still going, or was
 * killed, can be looked at too.
 */
@NullMarked
package org.dpo4j.api.report;

import org.jspecify.annotations.NullMarked;
