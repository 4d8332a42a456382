package org.dpo4j.api;

import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import com.google.common.hash.HashingOutputStream;
import com.google.common.io.ByteStreams;
import com.google.common.io.CountingOutputStream;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OwnFile;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;

/**
 * A directory with the state of a few parts, that is there whole or not at all. Its manifest,
 * {@code checkpoint.json}, has the size and SHA-256 of every file and of itself.
 *
 * @param directory where it is
 * @param about what the manifest says beside files
 */
record Snapshot(Disk disk, Path directory, JsonObject about) {

  static final String MANIFEST = "checkpoint.json";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Pattern PATH = Pattern.compile("(" + NAME + "/)?" + NAME);
  private static final int FORMAT = 1;
  private static final int MOST_MANIFEST_BYTES = 1 << 24;
  private static final int BUFFER = 1 << 16;

  /**
   * Writes one: aside, forced to the disk, then renamed. Where this fails, nothing of it is there
   * under its name; one that was there may be gone.
   *
   * @param parts by the directory, below this one, that each gets; {@code ""} for this one itself
   */
  static void write(Disk disk, Path directory, JsonObject about, Map<String, Resumable> parts)
      throws IOException {
    Path aside = aside(directory);
    try {
      if (OwnFile.exists(aside)) {
        disk.deleteAll(aside);
      }
      disk.makeDirectory(aside);
      JsonObject files = new JsonObject();
      for (Map.Entry<String, Resumable> part : parts.entrySet()) {
        Path place = aside.resolve(part.getKey());
        disk.makeDirectory(place);
        part.getValue().save(new Sink(disk, aside, place, files));
        disk.syncDirectory(place);
      }
      writeManifest(disk, aside, about, files);
      disk.syncDirectory(aside);
      delete(disk, directory);
      disk.rename(aside, directory);
    } catch (IOException | RuntimeException e) {
      dropAside(disk, aside, e);
      throw e;
    }
    disk.syncDirectory(parent(directory));
  }

  /** Deletes one, which disappears at once, if it is there; of a link to one, the link. */
  static void delete(Disk disk, Path directory) throws IOException {
    if (OwnFile.exists(directory)) {
      Path aside = directory.resolveSibling("." + directory.getFileName() + ".old.tmp");
      if (OwnFile.exists(aside)) {
        disk.deleteAll(aside);
      }
      disk.rename(directory, aside);
      disk.deleteAll(aside);
    }
  }

  private static void dropAside(Disk disk, Path aside, Exception reason) {
    try {
      if (OwnFile.exists(aside)) {
        disk.deleteAll(aside);
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static Path aside(Path directory) {
    return OwnFile.aside(directory);
  }

  private static Path parent(Path directory) {
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  private static void writeManifest(Disk disk, Path aside, JsonObject about, JsonObject files)
      throws IOException {
    JsonObject manifest = new JsonObject();
    manifest.addProperty("format", FORMAT);
    manifest.add("about", about);
    manifest.add("files", files);
    JsonObject signed = new JsonObject();
    signed.add("manifest", manifest);
    signed.addProperty("sha256", hash(manifest));
    Path file = aside.resolve(MANIFEST);
    try (OutputStream out = disk.create(file)) {
      out.write(signed.toString().getBytes(StandardCharsets.UTF_8));
    }
    disk.sync(file);
  }

  private static String hash(JsonElement json) {
    return Hashing.sha256().hashString(json.toString(), StandardCharsets.UTF_8).toString();
  }

  /** Takes one part's pieces. */
  private record Sink(Disk disk, Path root, Path place, JsonObject files) implements StateSink {

    @Override
    public void write(String name, Content content) throws IOException {
      Check.that(
          NAME.matcher(name).matches() && !name.equals(MANIFEST),
          "a piece of state must be named by letters, digits, '.', '_' and '-', and not '%s', got '%s'",
          MANIFEST,
          name);
      Path file = place.resolve(name);
      String key = root.relativize(file).toString().replace('\\', '/');
      Check.that(!files.has(key), "a piece of state must be written once, got '%s' twice", key);
      try (CountingOutputStream counted =
              new CountingOutputStream(new BufferedOutputStream(disk.create(file), BUFFER));
          HashingOutputStream out = new HashingOutputStream(Hashing.sha256(), counted)) {
        content.writeTo(out);
        out.flush();
        JsonObject entry = new JsonObject();
        entry.addProperty("bytes", counted.getCount());
        entry.addProperty("sha256", out.hash().toString());
        files.add(key, entry);
      }
      disk.sync(file);
    }
  }

  /**
   * Opens one and checks every byte of it.
   *
   * @throws IOException if it isn't whole; the message says what is wrong
   */
  static Snapshot open(Disk disk, Path directory) throws IOException {
    JsonFields manifest = manifest(disk, directory.resolve(MANIFEST));
    requireEqual(MANIFEST, "format", manifest.count("format"), FORMAT);
    JsonFields files = manifest.object("files");
    for (String name : files.names()) {
      check(disk, directory, name, files.object(name));
    }
    return new Snapshot(disk, directory, manifest.object("about").json());
  }

  private static JsonFields manifest(Disk disk, Path file) throws IOException {
    try (InputStream in = disk.read(file)) {
      byte[] bytes = in.readNBytes(MOST_MANIFEST_BYTES + 1);
      if (bytes.length > MOST_MANIFEST_BYTES) {
        throw new IOException(MANIFEST + " has more than " + MOST_MANIFEST_BYTES + " bytes");
      }
      JsonFields signed = JsonFields.parse(new String(bytes, StandardCharsets.UTF_8), MANIFEST);
      JsonFields manifest = signed.object("manifest");
      requireEqual(MANIFEST, "checksum", hash(manifest.json()), signed.text("sha256"));
      return manifest;
    }
  }

  private static void check(Disk disk, Path directory, String name, JsonFields entry)
      throws IOException {
    if (!PATH.matcher(name).matches()) {
      throw new IOException(Shown.text(name) + " is no name of a piece of state");
    }
    long bytes = entry.count("bytes", Long.MAX_VALUE);
    String sha256 = entry.text("sha256");
    try (HashingInputStream in =
        new HashingInputStream(Hashing.sha256(), disk.read(directory.resolve(name)))) {
      requireEqual(name, "size", ByteStreams.exhaust(in), bytes);
      requireEqual(name, "checksum", in.hash().toString(), sha256);
    }
  }

  private static void requireEqual(String file, String what, Object found, Object expected)
      throws IOException {
    if (!found.equals(expected)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the %s of %s is %s and must be %s",
              what,
              file,
              found,
              Shown.text(String.valueOf(expected))));
    }
  }

  /** Whether a part has a piece. */
  boolean has(String part, String piece) {
    return Files.isRegularFile(directory.resolve(part).resolve(piece));
  }

  /** One part's pieces. */
  StateSource part(String name) {
    return piece -> disk.read(directory.resolve(name).resolve(piece));
  }
}
