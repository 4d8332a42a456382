package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.dpo4j.torch.MemoryEstimate;
import picocli.CommandLine.Option;

/** Whether a run may start with the memory there is. */
final class MemoryOptions {

  private static final long MEBIBYTE = 1L << 20;
  private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");

  @Option(
      names = "--max-memory",
      paramLabel = "MIB",
      description = "The most memory a run may take, in MiB (all that is free).")
  Optional<Long> most = Optional.empty();

  @Option(names = "--force", description = "Start even if the memory seems to be too little.")
  boolean force;

  /**
   * Says what a run needs, and refuses one that needs more than there is.
   *
   * @param err told on one line
   * @throws IllegalArgumentException if it is refused
   */
  void require(MemoryEstimate estimate, PrintWriter err) {
    MemoryEstimate bounded = bounded(estimate);
    String text =
        String.format(
            Locale.ROOT,
            "about %s of memory (%s)",
            size(bounded.total()),
            parts(bounded).entrySet().stream()
                .filter(part -> part.getValue() > 0)
                .map(part -> part.getKey() + " " + size(part.getValue()))
                .collect(Collectors.joining(", ")));
    if (bounded.fits() || force) {
      err.println("needs " + text + available(bounded, "; ", " available"));
      return;
    }
    throw new IllegalArgumentException(
        "the run needs "
            + text
            + available(bounded, ", and has ", "")
            + "; lower --batch-size or --max-tokens, add --recompute-activations, or start anyway"
            + " with --force");
  }

  /** With no more available than the options allow. */
  MemoryEstimate bounded(MemoryEstimate estimate) {
    return most.map(mebibytes -> estimate.atMost(mebibytes * MEBIBYTE)).orElse(estimate);
  }

  /** What takes memory, by name. */
  static Map<String, Long> parts(MemoryEstimate estimate) {
    Map<String, Long> parts = new LinkedHashMap<>();
    parts.put("weights", estimate.weights());
    parts.put("adapters", estimate.adapters());
    parts.put("gradients", estimate.gradients());
    parts.put("optimizer", estimate.moments());
    parts.put("reference", estimate.reference());
    parts.put("activations", estimate.activations());
    parts.put("other", estimate.other());
    return parts;
  }

  private static String available(MemoryEstimate estimate, String before, String after) {
    OptionalLong available = estimate.available();
    return available.isEmpty() ? "" : before + size(available.getAsLong()) + after;
  }

  /** In the unit that fits. */
  static String size(long bytes) {
    for (int i = UNITS.size(); i > 0; i--) {
      double amount = bytes / Math.pow(1024, i);
      if (amount >= 1) {
        return String.format(Locale.ROOT, i < 3 ? "%.1f %s" : "%.2f %s", amount, UNITS.get(i - 1));
      }
    }
    return bytes + " B";
  }
}
