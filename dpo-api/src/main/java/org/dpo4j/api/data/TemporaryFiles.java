package org.dpo4j.api.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that must not outlive the JVM. One that is deleted is forgotten, which {@code
 * File.deleteOnExit} never does: a service may read many.
 */
final class TemporaryFiles {

  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TemporaryFiles::deleteAll, "dpo4j-temporary"));
  }

  private TemporaryFiles() {}

  /** A new one, which only its owner may read, in a folder or where the system has them. */
  static Path create(Optional<Path> folder) throws IOException {
    Path file =
        folder.isPresent()
            ? Files.createTempFile(folder.get(), "dpo4j-", ".data")
            : Files.createTempFile("dpo4j-", ".data");
    OPEN.add(file);
    return file;
  }

  static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    OPEN.remove(file);
  }

  /** How many there are now. */
  static int count() {
    return OPEN.size();
  }

  private static void deleteAll() {
    for (Path file : OPEN) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Nobody is left to be told.
      }
    }
  }
}
