package org.dpo4j.api;

import static java.util.stream.Collectors.joining;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last pairs that were learnt, and those of the last evaluation: enough to be drawn. */
final class PairScores {

  static final String FILE = "pairs.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(PairScores.class);
  private static final int MOST_LEARNT = 1_000;
  private static final int MOST_HELD_OUT = 5_000;

  private final ArrayDeque<PairScore> learnt = new ArrayDeque<>();
  private final List<PairScore> heldOut = new ArrayList<>();

  void add(PairScore score) {
    if (score.place().heldOut()) {
      if (!heldOut.isEmpty() && heldOut.get(0).place().step() != score.place().step()) {
        heldOut.clear();
      }
      if (heldOut.size() < MOST_HELD_OUT) {
        heldOut.add(score);
      }
      return;
    }
    if (learnt.size() == MOST_LEARNT) {
      learnt.removeFirst();
    }
    learnt.addLast(score);
  }

  boolean isEmpty() {
    return learnt.isEmpty() && heldOut.isEmpty();
  }

  byte[] lines() {
    return Stream.concat(learnt.stream(), heldOut.stream())
        .map(score -> score.json() + "\n")
        .collect(joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Takes up those that a run has written. They are there to be looked at, and nothing else depends
   * on them: a file that is damaged is passed over.
   *
   * @param lastStep what is later is done again
   */
  void readFrom(Disk disk, Path directory, int lastStep) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return;
    }
    try (InputStream in = disk.read(file)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> PairScore.of(JsonParser.parseString(line).getAsJsonObject()))
          .filter(score -> score.place().step() <= lastStep)
          .forEach(this::add);
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      LOG.warn("{} is damaged, and begun anew: {}", file, e.getMessage());
    }
  }
}
