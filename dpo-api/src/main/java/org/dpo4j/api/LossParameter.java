package org.dpo4j.api;

import java.util.Optional;

/**
 * What a loss can be given by name.
 *
 * @param name as it is written, for instance {@code gamma}
 * @param fallback what it is if nothing is said; empty where it has to be
 * @param meaning one line, with the range
 */
public record LossParameter(String name, Optional<String> fallback, String meaning) {

  static LossParameter required(String name, String meaning) {
    return new LossParameter(name, Optional.empty(), meaning);
  }

  static LossParameter of(String name, Object fallback, String meaning) {
    return new LossParameter(name, Optional.of(String.valueOf(fallback)), meaning);
  }
}
