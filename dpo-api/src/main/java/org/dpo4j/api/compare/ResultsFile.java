package org.dpo4j.api.compare;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.core.math.Check;

/**
 * Verdicts, a line each, after a line that says what is compared. A process that is killed leaves
 * its finished lines; half a line is cut off when the comparison goes on.
 */
final class ResultsFile implements AutoCloseable {

  private final FileChannel channel;
  private final Map<String, Judged> lines;

  private ResultsFile(FileChannel channel, Map<String, Judged> lines) {
    this.channel = channel;
    this.lines = lines;
  }

  /**
   * Opens a new file or goes on with one.
   *
   * @throws IllegalArgumentException if it is of another comparison, or a line is none
   */
  static ResultsFile open(Path file, JsonObject header) {
    try {
      Map<String, Judged> lines = new LinkedHashMap<>();
      long whole = Files.exists(file) ? read(file, header, lines) : 0;
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      ResultsFile results = new ResultsFile(channel, lines);
      channel.truncate(whole).position(whole);
      if (whole == 0) {
        results.write(header);
      }
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Reads finished lines; returns how many bytes they have. */
  private static long read(Path file, JsonObject header, Map<String, Judged> lines)
      throws IOException {
    String text = Files.readString(file);
    String finished = text.substring(0, text.lastIndexOf('\n') + 1);
    List<String> read = finished.lines().toList();
    for (int i = 0; i < read.size(); i++) {
      try {
        JsonObject line = JsonParser.parseString(read.get(i)).getAsJsonObject();
        if (i == 0) {
          Check.that(
              line.equals(header),
              "is of another comparison (%s, and this is %s); name another file",
              line,
              header);
        } else {
          Judged judged = Judged.of(line);
          lines.put(judged.id(), judged);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
      } catch (JsonParseException | IllegalStateException | NullPointerException e) {
        throw new IllegalArgumentException(
            file + ":" + (i + 1) + ": is no line of a comparison; name another file", e);
      }
    }
    return finished.getBytes(StandardCharsets.UTF_8).length;
  }

  /** What is there, by the id of its prompt. */
  Map<String, Judged> lines() {
    return lines;
  }

  void add(Judged judged) throws IOException {
    write(judged.line());
    lines.put(judged.id(), judged);
  }

  private void write(JsonObject line) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
