package org.dpo4j.benchmarks;

import com.google.common.primitives.Longs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.math.Check;

/** The most memory this process ever had resident, Java heap and mapped files included. */
final class PeakMemory {

  private static final Path STATUS = Path.of("/proc/self/status");

  private PeakMemory() {}

  /**
   * Asks the kernel.
   *
   * @return bytes
   * @throws IllegalArgumentException if this is no Linux
   */
  static long bytes() throws IOException {
    Check.that(
        Files.exists(STATUS),
        "peak memory is read from %s, which only Linux has; got none",
        STATUS);
    return parse(Files.readAllLines(STATUS));
  }

  static long parse(List<String> status) {
    String line =
        status.stream().filter(text -> text.startsWith("VmHWM:")).findFirst().orElse("nothing");
    Long kilobytes = Longs.tryParse(line.replaceAll("\\D", ""));
    Check.that(kilobytes != null, "%s must have a line 'VmHWM: … kB', got %s", STATUS, line);
    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
  }
}
