/**
 * Watches what a run's numbers say and its loss does not: {@link org.dpo4j.api.monitor.Monitor}
 * reads metrics as they come and raises {@link org.dpo4j.api.monitor.Alarm}s. Knows numbers, not
 * trainers or files, so that the metrics of a run that is long over raise the same alarms again.
 */
@NullMarked
package org.dpo4j.api.monitor;

import org.jspecify.annotations.NullMarked;
