package org.dpo4j.torch.internal.architecture;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;

/** Many findings of one kind in one line of a message. */
public final class Findings {

  private static final int LISTED = 10;

  private Findings() {}

  /**
   * How many there are, and the first ten.
   *
   * @param kind for instance {@code "missing"}
   * @param findings what was found
   * @return one line, none if nothing was found
   */
  public static ImmutableList<String> of(String kind, ImmutableList<String> findings) {
    return of(kind, findings, LISTED);
  }

  /**
   * How many there are, and the first ones.
   *
   * @param kind for instance {@code "missing"}
   * @param findings what was found
   * @param listed how many are shown at most
   * @return one line, none if nothing was found
   */
  public static ImmutableList<String> of(String kind, ImmutableList<String> findings, int listed) {
    if (findings.isEmpty()) {
      return ImmutableList.of();
    }
    String first = Joiner.on(", ").join(findings.subList(0, Math.min(listed, findings.size())));
    String more = findings.size() > listed ? ", …" : "";
    return ImmutableList.of(findings.size() + " " + kind + ": " + first + more);
  }
}
