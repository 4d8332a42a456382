package org.dpo4j.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Which dpo4j this is. */
public final class Version {

  private Version() {}

  /**
   * The version, as Maven has it.
   *
   * @return for instance {@code 0.1.0}
   */
  public static String current() {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.txt", e);
    }
  }
}
