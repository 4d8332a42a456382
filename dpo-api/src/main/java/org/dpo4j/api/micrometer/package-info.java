/**
 * A run's metrics where a service has its others: {@link
 * org.dpo4j.api.micrometer.MicrometerMetrics} is a listener that keeps meters of Micrometer.
 * Optional: nothing outside this package needs Micrometer, which the application brings.
 */
@NullMarked
package org.dpo4j.api.micrometer;

import org.jspecify.annotations.NullMarked;
