package org.dpo4j.torch;

import com.google.common.primitives.Longs;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the machine, or the container, has free for native memory. */
final class FreeMemory {

  private static final String LINUX = "/proc/meminfo";
  private static final String PROCESS = "/proc/self/status";

  private FreeMemory() {}

  /** Bytes; on Linux with what its caches of files would give back. */
  static long bytes() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long free = system.getFreeMemorySize();
    if (!new File(LINUX).canRead()) {
      return free;
    }
    long machine = linux(LINUX, "MemTotal:").orElse(0L);
    // A container with a bound of its own knows less than the machine.
    return system.getTotalMemorySize() < machine
        ? free
        : linux(LINUX, "MemAvailable:").orElse(free);
  }

  /** Bytes that this process holds of it; where nobody says, those of the Java heap. */
  static long resident() {
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    return new File(PROCESS).canRead() ? linux(PROCESS, "VmRSS:").orElse(heap) : heap;
  }

  private static Optional<Long> linux(String file, String name) {
    // Not by a channel, as Files reads: an interrupt, which ends a generation, would close it.
    try (BufferedReader lines =
        new BufferedReader(new FileReader(file, StandardCharsets.US_ASCII))) {
      return lines
          .lines()
          .filter(line -> line.startsWith(name))
          .map(line -> Longs.tryParse(line.replaceAll("\\D", "")))
          .map(kibibytes -> 1024L * kibibytes)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
