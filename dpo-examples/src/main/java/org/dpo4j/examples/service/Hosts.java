package org.dpo4j.examples.service;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;

/**
 * The names a service goes by. A web page whose name is made to point here (DNS rebinding) sends
 * its own name as {@code Host}, so that it is known by it. An address can't be made to point
 * elsewhere.
 *
 * @param bound where the service listens
 * @param names further ones, in lower case
 */
record Hosts(InetAddress bound, ImmutableSet<String> names) {

  static Hosts of(InetAddress bound, Iterable<String> names) {
    ImmutableSet.Builder<String> lower = ImmutableSet.builder();
    names.forEach(name -> lower.add(Ascii.toLowerCase(name)));
    return new Hosts(bound, lower.build());
  }

  /**
   * Whether a request is for this service.
   *
   * @param header {@code Host} as it was sent, perhaps with a port
   */
  boolean allow(String header) {
    String host;
    try {
      host = Ascii.toLowerCase(HostAndPort.fromString(header).getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (host.equals("localhost") || names.contains(host)) {
      return true;
    }
    if (!InetAddresses.isInetAddress(host)) {
      return false;
    }
    InetAddress address = InetAddresses.forString(host);
    return bound.isAnyLocalAddress() || address.isLoopbackAddress() || address.equals(bound);
  }
}
