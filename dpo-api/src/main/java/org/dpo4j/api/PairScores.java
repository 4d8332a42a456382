package org.dpo4j.api;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last pairs that were learnt, and those of the last evaluation: enough to be drawn. */
final class PairScores implements Resumable {

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

  @Override
  public void save(StateSink sink) throws IOException {
    sink.write(FILE, out -> out.write(lines()));
  }

  @Override
  public void restore(StateSource source) throws IOException {
    try (InputStream in = source.open(FILE)) {
      read(in, Integer.MAX_VALUE, FILE);
    }
  }

  /**
   * Takes up those that a run has written.
   *
   * @param lastStep what is later is done again
   */
  void readFrom(Disk disk, Path directory, int lastStep) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      try (InputStream in = disk.read(file)) {
        read(in, lastStep, file.toString());
      }
    }
  }

  /** They are there to be looked at, and nothing else depends on them: damage costs a line. */
  private void read(InputStream in, int lastStep, String where) throws IOException {
    List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    int odd = 0;
    String first = "";
    for (int i = 0; i < lines.size(); i++) {
      try {
        PairScore score = PairScore.of(JsonFields.parse(lines.get(i), where + ":" + (i + 1)));
        if (score.place().step() <= lastStep) {
          add(score);
        }
      } catch (OddJsonException e) {
        odd++;
        first = first.isEmpty() ? String.valueOf(e.getMessage()) : first;
      }
    }
    if (odd > 0) {
      LOG.warn("{} of {} pairs are damaged, and won't be drawn: {}", odd, lines.size(), first);
    }
  }
}
