package org.dpo4j.examples.service;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.dpo4j.core.math.Check;

/**
 * Where a service listens, and how much it takes on.
 *
 * @param address port 0 for any that is free
 * @param workers questions that are answered at the same time
 * @param waiting questions that may wait for that; one more is refused at once
 * @param maxBodyBytes the most a request may have
 * @param grace how long questions that were taken on may still take when the service is closed
 * @param limits of a question
 */
public record ServiceSettings(
    InetSocketAddress address,
    int workers,
    int waiting,
    int maxBodyBytes,
    Duration grace,
    Question.Limits limits) {

  /** Checks the numbers. */
  public ServiceSettings {
    Check.atLeastOne("workers", workers);
    Check.atLeastOne("waiting", waiting);
    Check.atLeastOne("maxBodyBytes", maxBodyBytes);
    Check.that(!grace.isNegative(), "grace must be ≥ 0, got %s", grace);
  }
}
