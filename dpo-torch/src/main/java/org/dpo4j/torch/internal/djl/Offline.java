package org.dpo4j.torch.internal.djl;

import java.util.function.Supplier;

/**
 * Runs what loads a native library with DJL's switch for working offline set, so that it neither
 * fetches libraries nor reports its use when on EC2. The switch is a system property of the whole
 * JVM; it is put back afterwards, and one caller at a time has it.
 */
public final class Offline {

  private static final String SWITCH = "ai.djl.offline";

  private Offline() {}

  /**
   * Runs an action offline.
   *
   * @param <T> what it gives
   * @param action what loads a library
   * @return its result
   */
  public static synchronized <T> T call(Supplier<T> action) {
    String before = System.setProperty(SWITCH, "true");
    try {
      return action.get();
    } finally {
      if (before == null) {
        System.clearProperty(SWITCH);
      } else {
        System.setProperty(SWITCH, before);
      }
    }
  }
}
