package org.dpo4j.torch;

import com.google.common.primitives.Longs;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the machine, or the container, has free for native memory. */
final class FreeMemory {

  private static final Path LINUX = Path.of("/proc/meminfo");

  private FreeMemory() {}

  /** Bytes; on Linux with what its caches of files would give back. */
  static long bytes() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long free = system.getFreeMemorySize();
    if (!Files.isReadable(LINUX)) {
      return free;
    }
    long machine = linux("MemTotal:").orElse(0L);
    // A container with a bound of its own knows less than the machine.
    return system.getTotalMemorySize() < machine ? free : linux("MemAvailable:").orElse(free);
  }

  private static Optional<Long> linux(String name) {
    try (var lines = Files.lines(LINUX)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> Longs.tryParse(line.replaceAll("\\D", "")))
          .map(kibibytes -> 1024L * kibibytes)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
