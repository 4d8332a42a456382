package org.dpo4j.examples.service;

import com.google.common.collect.ImmutableSet;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.dpo4j.core.math.Check;

/**
 * Where a service listens, and how much it takes on.
 *
 * @param address port 0 for any that is free
 * @param hosts names it goes by beside {@code localhost} and the address it listens on; a request
 *     for another is refused
 * @param workers questions that are answered at the same time
 * @param waiting questions that may wait for that; one more is refused at once
 * @param maxConnections open at the same time; at that number those that have kept the service
 *     waiting for 2 s are dropped, and one more is accepted when there is room
 * @param maxBodyBytes the most a request may have
 * @param patience how long the service waits for a client at each step: for a request's headers,
 *     for its body, and for the reply to be taken
 * @param grace how long questions that were taken on may still take when the service is closed
 * @param limits of a question
 */
public record ServiceSettings(
    InetSocketAddress address,
    ImmutableSet<String> hosts,
    int workers,
    int waiting,
    int maxConnections,
    int maxBodyBytes,
    Duration patience,
    Duration grace,
    Question.Limits limits) {

  /** Checks the numbers. */
  public ServiceSettings {
    Check.atLeastOne("workers", workers);
    Check.atLeastOne("waiting", waiting);
    Check.that(
        maxConnections > (long) workers + waiting,
        "maxConnections must be more than the questions taken on (workers + waiting, %d), got %d",
        (long) workers + waiting,
        maxConnections);
    Check.atLeastOne("maxBodyBytes", maxBodyBytes);
    Check.that(
        patience.toMillis() > 0, "patience must be at least a millisecond, got %s", patience);
    Check.that(!grace.isNegative(), "grace must be ≥ 0, got %s", grace);
  }
}
