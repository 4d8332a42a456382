package org.dpo4j.core.tabular;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/** Names a table by what it computes. */
final class TableFingerprint {

  private static final Comparator<ImmutableIntArray> ORDER =
      (a, b) -> Arrays.compare(a.toArray(), b.toArray());

  private TableFingerprint() {}

  /**
   * The SHA-256 of the logits of every context. Contexts are sorted and those without a logit other
   * than zero left out, so that neither the order in which they were written nor how base and
   * adapter share them matters.
   */
  static String of(Optional<LogitTable> base, LogitTable table, int contextLength) {
    TreeSet<ImmutableIntArray> contexts = new TreeSet<>(ORDER);
    contexts.addAll(table.rows().keySet());
    base.ifPresent(below -> contexts.addAll(below.rows().keySet()));
    Hasher hasher =
        Hashing.sha256().newHasher().putInt(table.vocabularySize()).putInt(contextLength);
    for (ImmutableIntArray context : contexts) {
      double[] logits = table.logits(base, context);
      if (Arrays.stream(logits).anyMatch(logit -> logit != 0)) {
        hasher.putInt(context.length());
        context.forEach(hasher::putInt);
        Arrays.stream(logits).forEach(hasher::putDouble);
      }
    }
    return hasher.hash().toString();
  }
}
