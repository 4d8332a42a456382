package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is trained, and how; the same for dpo4j and for TRL. */
enum Setting {
  /** An adapter; the reference is computed in every step. */
  LIVE("hh-harmless-32.jsonl"),
  /** An adapter; the reference was computed before, which is not timed. */
  CACHED("hh-harmless-32.jsonl", "--precomputed"),
  /** As {@link #LIVE}, activations computed again rather than kept. */
  CHECKPOINTED("hh-harmless-32.jsonl", "--checkpointing"),
  /** All weights; the reference is a frozen copy, computed in every step. */
  FULL("hh-harmless-32.jsonl", "--full"),
  /** As {@link #LIVE}, on prompts of 300 tokens and completions of 30. */
  LONG("long-16.jsonl");

  private final String dataFile;
  private final ImmutableList<String> peerOptions;

  Setting(String dataFile, String... peerOptions) {
    this.dataFile = dataFile;
    this.peerOptions = ImmutableList.copyOf(peerOptions);
  }

  String dataFile() {
    return dataFile;
  }

  /** What tells {@code trl_baseline.py} of this setting. */
  ImmutableList<String> peerOptions() {
    return peerOptions;
  }

  /** As written on the command line and in the tables. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Setting named(String label) {
    return Arrays.stream(values())
        .filter(setting -> setting.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "--setting must be of %s, got '%s'",
                        Arrays.stream(values())
                            .map(Setting::label)
                            .collect(Collectors.joining(", ")),
                        label)));
  }
}
